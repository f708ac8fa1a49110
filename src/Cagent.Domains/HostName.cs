// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Cagent.Domains;

/// <summary>
/// A host in its one canonical form: lower-case A-labels without a trailing dot, or an IP address as
/// <see cref="IPAddress"/> prints it (IPv6 without brackets). Holding one is the proof that it is canonical. Immutable.
/// </summary>
public sealed record HostName
{
    internal const int MaxLength = 253;

    internal HostName(string value, IPAddress? address = null)
    {
        Value = value;
        Address = address;
    }

    /// <summary>The canonical text.</summary>
    public string Value { get; }

    /// <summary>The address when the host is an IP literal, otherwise null.</summary>
    public IPAddress? Address { get; }

    /// <summary>True for an IP literal, which has no labels: no wildcard matches it.</summary>
    [MemberNotNullWhen(true, nameof(Address))]
    public bool IsAddress => Address is not null;

    /// <summary>
    /// Reads a host from the wire: ASCII letters, digits and hyphens in labels of 1 to 63, 253 in all, one optional trailing
    /// dot; or an address in canonical spelling. Underscores, other spellings of addresses and everything else are refused.
    /// </summary>
    /// <param name="text">The host alone, without port, brackets or user-info.</param>
    /// <param name="host">The canonical host.</param>
    /// <param name="problem">What is wrong, in words that follow the host's name; it never repeats the text itself.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out HostName? host, [NotNullWhen(false)] out string? problem)
    {
        host = null;
        problem = HostGrammar.FindBadCharacter(text);
        if (problem is not null || text is null)
        {
            problem ??= "is empty";
            return false;
        }

        return text.Contains(':', StringComparison.Ordinal)
            ? AddressLiteral.TryParseIPv6(text, out host, out problem)
            : TryParseName(text, out host, out problem);
    }

    /// <summary>
    /// Reads a host as a person writes it in a policy: as <see cref="TryParse"/>, and labels in other alphabets become A-labels.
    /// </summary>
    /// <inheritdoc cref="TryParse" path="/param"/>
    public static bool TryParsePolicyText([NotNullWhen(true)] string? text, [NotNullWhen(true)] out HostName? host, [NotNullWhen(false)] out string? problem)
    {
        host = null;
        return InternationalName.TryToAscii(text, out string? ascii, out problem) && TryParse(ascii, out host, out problem);
    }

    /// <summary>Equal when the canonical text is equal.</summary>
    public bool Equals(HostName? other) => other is not null && Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical text.</summary>
    public override string ToString() => Value;

    private static bool TryParseName(string text, [NotNullWhen(true)] out HostName? host, [NotNullWhen(false)] out string? problem)
    {
        host = null;
        string name = (text.EndsWith('.') ? text[..^1] : text).ToLowerInvariant();
        problem = HostGrammar.FindBadLabel(name);
        if (problem is not null)
        {
            return false;
        }

        // A last label that is a number makes every common client read the whole as an IPv4 address (WHATWG URL, "ends in a number").
        if (HostGrammar.EndsInNumber(name))
        {
            return AddressLiteral.TryParseIPv4(text, out host, out problem);
        }

        host = new HostName(name);
        return true;
    }
}
