// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy;

/// <summary>How a policy text is read.</summary>
public sealed record PolicyLoadOptions
{
    /// <summary>What relative paths inside the policy are resolved against; null means the folder of the policy file.</summary>
    public string? BaseFolder { get; init; }

    /// <summary>What this build honours; anything else is refused with CAG1009. Default <see cref="PolicyFeatures.Production"/>.</summary>
    public PolicyFeatures Honoured { get; init; } = PolicyFeatures.Production;

    /// <summary>The moment for which the policy is meant: entries that have expired by then are left out. Null keeps all entries.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>The longest text that is read, in characters. Default 1 Mi.</summary>
    public int MaxLength { get; init; } = 1024 * 1024;
}
