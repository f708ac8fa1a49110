// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

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

    /// <summary>
    /// Reads the files that a policy consists of beside its first: what it includes, profiles and overlays. Asked for each path at
    /// most once. Null: there are no other files.
    /// </summary>
    public Func<string, PolicyFileText>? ReadFile { get; init; }

    /// <summary>Files whose entries, credentials and agents replace those of the same host and port, or name; the later wins. Paths as <see cref="ReadFile"/> takes them.</summary>
    public ImmutableArray<string> Overlays { get; init; } = [];

    /// <summary>The text of each profile that the program brings along, by its name. Default <see cref="Catalogue.ShippedProfiles.Texts"/>.</summary>
    public ImmutableSortedDictionary<string, string> ShippedProfiles { get; init; } = Catalogue.ShippedProfiles.Texts;

    /// <summary>The names of the profiles in the folder <c>profiles</c> beside the policy file, for hints only.</summary>
    public ImmutableArray<string> KnownProfiles { get; init; } = [];

    /// <summary>
    /// An earlier result, or null. It decides the time and never the result: entries that stand where they stood, in the same words, are
    /// taken over instead of being read again.
    /// </summary>
    public PolicyLoadResult? Previous { get; init; }

    /// <summary>The longest text of one file, in characters; all files together may have four times as many. Default 1 Mi.</summary>
    public int MaxLength { get; init; } = 1024 * 1024;
}
