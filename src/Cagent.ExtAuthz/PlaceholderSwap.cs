// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Cagent.Policy.Model;

namespace Cagent.ExtAuthz;

/// <summary>
/// Which of a credential's places hold the agent's placeholder. A place that holds anything else makes none of them good: half a swap would let
/// the agent act with the credential and as somebody else in one request. No I/O; thread safe.
/// </summary>
internal static class PlaceholderSwap
{
    private const string Value = "{value}";
    private const string Basic = "Basic ";
    private const int MaxLength = 64 * 1024;

    /// <summary>The places to swap among those that could be injected into; empty when the request does not hold the placeholder.</summary>
    public static ImmutableArray<Injection> Choose(ImmutableArray<Injection> places, AuthzRequest request, CredentialUse use, string placeholder)
    {
        if (use.Parameter is { } parameter)
        {
            return AreAll(AgentQuery.ValuesOf(request.Path, parameter), places[0].Format, placeholder) ? places : [];
        }

        string[] presented = request.Presented?.Reveal().Split('\t') ?? [];
        if (presented.Length != places.Length)
        {
            return [];
        }

        ImmutableArray<Injection>.Builder swapped = ImmutableArray.CreateBuilder<Injection>(places.Length);
        for (int i = 0; i < places.Length; i++)
        {
            if (presented[i].Length > 0 && !(places[i].Username is null ? Holds(presented[i], places[i].Format, placeholder) : HoldsPassword(presented[i], places[i].Format, placeholder)))
            {
                return [];
            }

            if (presented[i].Length > 0)
            {
                swapped.Add(places[i]);
            }
        }

        return swapped.ToImmutable();
    }

    private static bool AreAll(ImmutableArray<string> values, string format, string placeholder)
    {
        bool areAll = !values.IsEmpty;
        foreach (string value in values)
        {
            areAll &= Holds(value, format, placeholder);
        }

        return areAll;
    }

    /// <summary>The name before it is the agent's to choose: clients write many, and what is sent is the policy's.</summary>
    private static bool HoldsPassword(string header, string format, string placeholder)
    {
        if (header.Length > MaxLength || !header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        byte[] bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Basic.Length..].Trim(), bytes, out int length))
        {
            return false;
        }

        int colon = bytes.AsSpan(0, length).IndexOf((byte)':');
        return colon >= 0 && Holds(Encoding.Latin1.GetString(bytes, colon + 1, length - colon - 1), format, placeholder);
    }

    /// <summary>Compared in a time that does not depend on where it differs. A scheme such as Bearer has no case (RFC 9110, section 11.1).</summary>
    private static bool Holds(string text, string format, string placeholder)
    {
        int at = format.IndexOf(Value, StringComparison.Ordinal);
        string after = format[(at + Value.Length)..];
        return text.Length == at + placeholder.Length + after.Length
            && text.AsSpan(0, at).Equals(format.AsSpan(0, at), StringComparison.OrdinalIgnoreCase)
            && text.EndsWith(after, StringComparison.Ordinal)
            && CryptographicOperations.FixedTimeEquals(Encoding.Latin1.GetBytes(text, at, placeholder.Length), Encoding.Latin1.GetBytes(placeholder));
    }
}
