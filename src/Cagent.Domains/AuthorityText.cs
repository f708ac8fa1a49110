// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace Cagent.Domains;

/// <summary>Splits and joins <c>host:port</c>, without judging the host.</summary>
internal static class AuthorityText
{
    public static string Join(string host, Port port) =>
        host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";

    public static bool TrySplit(
        string? text, Port? defaultPort, [NotNullWhen(true)] out string? host, out Port port, [NotNullWhen(false)] out string? problem)
    {
        host = null;
        port = defaultPort ?? default;
        problem = null;
        if (string.IsNullOrEmpty(text))
        {
            problem = "is empty";
            return false;
        }

        int hostEnd = text[0] == '[' ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        hostEnd = hostEnd < 0 ? text.Length : hostEnd;
        string hostPart = text[..hostEnd];
        string rest = text[hostEnd..];
        if (rest.Length == 0 ? defaultPort is null : (rest[0] != ':' || !Port.TryParse(rest[1..], out port)))
        {
            problem = rest.Length == 0 ? "has no port" : "does not end in ':' and a port from 1 to 65535";
            return false;
        }

        host = hostPart.StartsWith('[') ? hostPart[1..^1] : hostPart;
        return true;
    }
}
