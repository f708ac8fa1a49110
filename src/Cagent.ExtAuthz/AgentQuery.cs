// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Web;

namespace Cagent.ExtAuthz;

/// <summary>
/// Takes out of an agent's query the parameters that some server would read as one of a given name. Servers differ in what they decode, fold and
/// split, and whichever stands behind the proxy must see one credential only: what any of them could mean is taken. No I/O; thread safe.
/// </summary>
internal static class AgentQuery
{
    // More layers than any server peels off; what is still encoded then is taken for the name.
    private const int MaxDecodings = 8;

    /// <summary>The path with its query, without the parameters of that name. All the rest of it is as it was, in its order.</summary>
    /// <param name="path">A path with its query, if it has one.</param>
    /// <param name="parameter">The parameter: letters, digits, <c>-</c>, <c>_</c>, <c>.</c> and <c>~</c>.</param>
    public static string Without(string path, string parameter)
    {
        int query = path.IndexOf('?', StringComparison.Ordinal);
        if (query < 0)
        {
            return path;
        }

        string wanted = Fold(parameter);
        string kept = string.Join('&', path[(query + 1)..].Split('&').Select(part => Keep(part, wanted)).OfType<string>());
        return kept.Length == 0 ? path[..query] : $"{path[..query]}?{kept}";
    }

    /// <summary>
    /// The decoded values of every parameter that some server would read as the one of that name; <see cref="Without"/> takes out the same. One
    /// without a value, or in a spelling that only some read, has an empty one here.
    /// </summary>
    public static ImmutableArray<string> ValuesOf(string path, string parameter)
    {
        int query = path.IndexOf('?', StringComparison.Ordinal);
        string wanted = Fold(parameter);
        return query < 0 ? [] :
        [
            .. path[(query + 1)..].Split('&').SelectMany(part => part.Split(';')).Where(piece => IsName(NameOf(piece), wanted))
                .Select(piece => piece.StartsWith(parameter + "=", StringComparison.Ordinal) ? Uri.UnescapeDataString(piece[(parameter.Length + 1)..]) : ""),
        ];
    }

    /// <summary>What Envoy and most servers take for one parameter, others take for several.</summary>
    private static string? Keep(string part, string wanted)
    {
        string[] pieces = part.Split(';');
        string[] kept = [.. pieces.Where(piece => !IsName(NameOf(piece), wanted))];
        return kept.Length == pieces.Length ? part : kept.Length == 0 ? null : string.Join(';', kept);
    }

    private static string NameOf(string part)
    {
        int end = part.IndexOf('=', StringComparison.Ordinal);
        return end < 0 ? part : part[..end];
    }

    private static bool IsName(string name, string wanted)
    {
        for (int i = 0; i <= MaxDecodings; i++)
        {
            if (string.Equals(Fold(name), wanted, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            string decoded = HttpUtility.UrlDecode(name); // %XX, %uXXXX and +
            if (decoded == name)
            {
                return false;
            }

            name = decoded;
        }

        return true;
    }

    /// <summary>As PHP does it: no blanks before it, an index is no part of it, and '.' and ' ' are '_'.</summary>
    private static string Fold(string name)
    {
        string trimmed = name.Trim();
        int end = trimmed.AsSpan().IndexOfAny('[', '=', '\0');
        return (end < 0 ? trimmed : trimmed[..end]).Replace('.', '_').Replace(' ', '_');
    }
}
