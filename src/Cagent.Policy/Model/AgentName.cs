// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace Cagent.Policy.Model;

/// <summary>The name of one agent, or of all whose names share a prefix (<c>research-*</c>). Immutable.</summary>
public sealed record AgentName
{
    /// <summary>The one agent of a policy that names none. No agent can be called so: the last streams of one would be the other's.</summary>
    public const string Anonymous = "anonymous";

    private const int MaxLength = 63;

    private AgentName(string text) => Text = text;

    /// <summary>As written, with the final <c>*</c> of a prefix.</summary>
    public string Text { get; }

    /// <summary>True for <c>prefix-*</c>.</summary>
    public bool IsPrefix => Text.EndsWith('*');

    /// <summary>Reads a name; the problem is in words that follow "the name".</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AgentName? name, [NotNullWhen(false)] out string? problem)
    {
        string stem = text.EndsWith('*') ? text[..^1] : text;
        problem = stem switch
        {
            "" => "names every agent; give it a prefix",
            Anonymous => "is that of whoever uses a policy without agents",
            { Length: > MaxLength } => "is longer than 63 characters",
            _ when !char.IsAsciiLetterOrDigit(stem[0]) => "begins with neither a letter nor a digit",
            _ when stem.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) => "has something other than letters, digits, '-', '_', '.' and one '*' at the end",
            _ => null,
        };
        name = problem is null ? new AgentName(text) : null;
        return name is not null;
    }

    /// <summary>Whether a concrete agent is meant. Case counts; a prefix wants at least one character behind it.</summary>
    public bool Matches(string agent) => IsPrefix
        ? agent.Length >= Text.Length && agent.AsSpan().StartsWith(Text.AsSpan(0, Text.Length - 1), StringComparison.Ordinal)
        : string.Equals(agent, Text, StringComparison.Ordinal);

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
