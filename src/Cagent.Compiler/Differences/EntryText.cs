// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Differences;

/// <summary>Entries in words.</summary>
internal static class EntryText
{
    /// <summary>What an entry allows, by its own lines.</summary>
    public static string Describe(AuthzEntry entry)
    {
        string allow = entry.Kind == EntryKind.Pinned ? "everything, unseen"
            : entry.Allow.IsEmpty ? "every method and path"
            : string.Join("; ", entry.Allow.Select(rule => rule.Text));
        string deny = entry.Deny.IsEmpty ? "" : $", but not {string.Join("; ", entry.Deny.Select(rule => rule.Text))}";
        return $"{Way(entry.Kind)}, {allow}{deny}{(entry.WebSocket ? ", WebSocket" : "")}{(entry.Addresses.IsEmpty ? "" : $", at {Addresses(entry)}")}";
    }

    public static string Way(EntryKind kind) => kind switch
    {
        EntryKind.Plain => "plain http",
        EntryKind.Pinned => "https passed through",
        _ => "https",
    };

    public static string Addresses(AuthzEntry entry) =>
        entry.Addresses.IsEmpty ? "public addresses" : string.Join(", ", entry.Addresses.Select(range => range.ToString()).Order(StringComparer.Ordinal));

    public static string RateLimit(AuthzEntry entry) => entry.RateLimit is { } limit
        ? string.Create(CultureInfo.InvariantCulture, $"{limit.Requests} requests in {limit.PeriodSeconds} s, {limit.Burst} at once, {(limit.Key == RateLimitKey.Agent ? "for each agent" : "for all agents together")}{(limit.IsGlobal ? ", over all proxies" : "")}")
        : "no rate limit";

    public static string Body(AuthzEntry entry) =>
        entry.MaxRequestBody is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"bodies of at most {bytes} bytes") : "bodies of any size";

    public static string? Credential(AuthzEntry? entry) =>
        entry?.Credential is { } credential ? $"{credential.Name} ({credential.PlaceText})" : null;
}
