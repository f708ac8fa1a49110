// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Language;

/// <summary>One key of the policy language at one place.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Shape">What its value is.</param>
/// <param name="Description">What it does: Markdown, whole sentences.</param>
internal sealed record LanguageKey(string Name, ValueShape Shape, string Description)
{
    /// <summary>What a build must honour to take it.</summary>
    public PolicyFeatures Feature { get; init; }

    /// <summary>True for a key of the language that no build reads yet, so that it is never ignored.</summary>
    public bool IsPlanned { get; init; }

    /// <summary>True when the mapping is wrong without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>What to write when it is required and missing.</summary>
    public string? Advice { get; init; }

    /// <summary>What holds without it, in words or YAML.</summary>
    public string? Default { get; init; }

    /// <summary>A value, as YAML on one line.</summary>
    public string? Example { get; init; }

    /// <summary>Diagnostics that are about this key, beside those of its shape.</summary>
    public ImmutableArray<string> Codes { get; init; } = [];
}
