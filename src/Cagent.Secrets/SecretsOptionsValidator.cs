// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Options;

namespace Cagent.Secrets;

/// <summary>Checks the settings at start; messages name the key to set.</summary>
internal sealed class SecretsOptionsValidator : IValidateOptions<SecretsOptions>
{
    public ValidateOptionsResult Validate(string? name, SecretsOptions options)
    {
        List<string> problems = [];
        if (string.IsNullOrWhiteSpace(options.StateFolder))
        {
            problems.Add("Secrets:StateFolder is not set; set it to a folder that only this service may write");
        }
        if (options.Credentials.PollInterval <= TimeSpan.Zero)
        {
            problems.Add("Secrets:Credentials:PollInterval must be more than zero");
        }
        if (options.Credentials.Fetching.Problem() is { } fetching)
        {
            problems.Add($"Secrets:Credentials:Fetching: {fetching}");
        }
        if (options.Leaves.Problem() is { } problem)
        {
            problems.Add($"Secrets:Leaves:{problem}");
        }
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
