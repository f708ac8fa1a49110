// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.ExtAuthz.Tests;

/// <summary>One entry as a person reads it: texts only, so that nothing is shared with the product.</summary>
internal sealed record NaiveEntry(
    string Host, int Port, string Kind, ImmutableArray<string> Allow, ImmutableArray<string> Deny, bool ReadOnly, bool WebSocket, string? Credential)
{
    public string Name => $"{Host}:{Port}";

    /// <summary>As a route of it asks.</summary>
    public string RouteName => Kind == "pinned" ? $"passthrough {Name}" : Name;

    /// <summary>The entry as a line of a policy.</summary>
    public string Yaml => $"  - {{domain: \"{Host}\", port: {Port}"
        + (Kind == "pinned" ? ", tls: passthrough" : Kind == "plain" ? ", scheme: http" : "")
        + List("allow", Allow) + List("deny", Deny)
        + (ReadOnly ? ", read_only: true" : "") + (WebSocket ? ", websocket: true" : "")
        + (Credential is null ? "" : $", credential: {{use: {Credential}, header: Authorization{(Kind == "plain" ? ", insecure_credential: true" : "")}}}") + "}";

    /// <summary>0 for exact, 1 for one label, 100 and more for any depth; null when the host is not matched.</summary>
    public int? Rank(string host)
    {
        string[] pattern = Host.Split('.');
        string[] labels = host.Split('.');
        return pattern[0] switch
        {
            "*" => labels.Length == pattern.Length && labels.Skip(1).SequenceEqual(pattern.Skip(1)) ? 1 : null,
            "**" => labels.Length >= pattern.Length && labels.TakeLast(pattern.Length - 1).SequenceEqual(pattern.Skip(1)) ? 1000 - pattern.Length : null,
            _ => host == Host ? 0 : null,
        };
    }

    private static string List(string key, ImmutableArray<string> rules) =>
        rules.IsEmpty ? "" : $", {key}: [{string.Join(", ", rules.Select(rule => $"\"{rule}\""))}]";
}
