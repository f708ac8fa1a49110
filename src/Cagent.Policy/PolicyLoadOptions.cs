// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy;

/// <summary>How a policy text is read.</summary>
public sealed record PolicyLoadOptions
{
    /// <summary>What relative paths inside the policy are resolved against; null means the folder of the policy file.</summary>
    public string? BaseFolder { get; init; }

    /// <summary>The longest text that is read, in characters. Default 1 Mi.</summary>
    public int MaxLength { get; init; } = 1024 * 1024;
}
