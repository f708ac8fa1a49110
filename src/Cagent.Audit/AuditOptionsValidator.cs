// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Options;

namespace Cagent.Audit;

/// <summary>Checks the settings at start; messages name the key to set.</summary>
internal sealed class AuditOptionsValidator : IValidateOptions<AuditOptions>
{
    private const long MinFileBytes = 64 * 1024;

    public ValidateOptionsResult Validate(string? name, AuditOptions options)
    {
        List<string> problems = [];
        if (string.IsNullOrWhiteSpace(options.StateFolder))
        {
            problems.Add("Audit:StateFolder is not set; set it to a folder that this service may write");
        }
        if (options.MaxFileBytes < MinFileBytes)
        {
            problems.Add("Audit:MaxFileBytes must be at least 65536");
        }
        if (options.MaxFiles is < 1 or > 100)
        {
            problems.Add("Audit:MaxFiles must be 1 to 100");
        }
        if (options.QueueCapacity < 1)
        {
            problems.Add("Audit:QueueCapacity must be at least 1");
        }
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
