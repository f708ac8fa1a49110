// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Options;

namespace Cagent.Budgets;

/// <summary>Checks the settings at start; messages name the key to set.</summary>
internal sealed class BudgetOptionsValidator : IValidateOptions<BudgetOptions>
{
    public ValidateOptionsResult Validate(string? name, BudgetOptions options) => string.IsNullOrWhiteSpace(options.StateFolder)
        ? ValidateOptionsResult.Fail("Budgets:StateFolder is not set; set it to a folder that only this service may write")
        : ValidateOptionsResult.Success;
}
