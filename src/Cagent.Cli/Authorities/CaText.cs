// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using Cagent.Secrets.Interception;

namespace Cagent.Cli.Authorities;

/// <summary>The CAs of a state directory, for people and as JSON. No key is read for it.</summary>
internal static class CaText
{
    public static void Write(TextWriter writer, CaState state)
    {
        CaOverview overview = state.Describe();
        foreach (CaDescription ca in overview.Authorities)
        {
            writer.WriteLine($"{ca.Role,-9} {ca.Subject}");
            Line(writer, "sha-256", ca.Sha256);
            Line(writer, "key", ca.Key);
            Line(writer, "valid", $"{Time(ca.NotBefore)} to {Time(ca.NotAfter)}");
            if (ca.Subject != ca.Issuer)
            {
                Line(writer, "below", string.Join(" < ", ca.Chain));
            }
        }

        if (overview.Plan is { } plan)
        {
            writer.WriteLine($"{"rotation",-9} {Describe(plan)}");
        }

        writer.WriteLine($"{"bundles",-9} {state.Bundle.BundlePath} (with public roots), {state.Bundle.OwnPath} (alone), {state.Bundle.JavaPath} (Java)");
    }

    public static JsonObject ToJson(CaState state)
    {
        CaOverview overview = state.Describe();
        return new JsonObject
        {
            ["state"] = state.Folder,
            ["authorities"] = JsonOutput.Array(overview.Authorities.Select(ToJson)),
            ["rotation"] = overview.Plan is { } plan
                ? new JsonObject { ["sign_at"] = Iso(plan.SignAt), ["retire_at"] = Iso(plan.RetireAt), ["overlap_seconds"] = (long)plan.Overlap.TotalSeconds }
                : null,
            ["bundle"] = state.Bundle.BundlePath,
            ["own"] = state.Bundle.OwnPath,
            ["java"] = state.Bundle.JavaPath,
        };
    }

    private static JsonObject ToJson(CaDescription ca) => new()
    {
        ["role"] = ca.Role,
        ["subject"] = ca.Subject,
        ["issuer"] = ca.Issuer,
        ["sha256"] = ca.Sha256,
        ["key"] = ca.Key,
        ["not_before"] = Iso(ca.NotBefore),
        ["not_after"] = Iso(ca.NotAfter),
        ["chain"] = JsonOutput.Array(ca.Chain.Select(one => (JsonNode?)one)),
        ["file"] = ca.File,
    };

    private static string Describe(CaSchedule plan) => plan switch
    {
        { SignAt: { } at } => $"the next CA signs from {Time(at)} on; the present one then stays trusted for {SpanOption.Write(plan.Overlap)}",
        { RetireAt: { } at } => $"the previous CA stays trusted until {Time(at)}",
        _ => "none is planned",
    };

    private static void Line(TextWriter writer, string name, string value) => writer.WriteLine($"  {name,-7} {value}");

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string? Iso(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
