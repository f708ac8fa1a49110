// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;

namespace Cagent.EndToEnd.Tests.Faults;

/// <summary>What <c>status.json</c> says.</summary>
internal sealed record StatusDocument(
    string State, DateTimeOffset Since, string? Revision, string? RefusedRevision, ImmutableArray<string> Diagnostics, ImmutableArray<StatusDocument.Nack> Nacks)
{
    public static StatusDocument Read(string stateFolder)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(stateFolder, "status.json")));
        JsonElement policy = document.RootElement.GetProperty("policy");
        return new StatusDocument(
            policy.GetProperty("state").GetString()!,
            policy.GetProperty("since").GetDateTimeOffset(),
            Text(policy, "revision"),
            Text(policy, "refused_revision"),
            Strings(policy, "diagnostics"),
            [.. Items(document.RootElement, "nacks").Select(nack => new Nack(
                nack.GetProperty("node").GetString()!, nack.GetProperty("type").GetString()!, Strings(nack, "resources"), nack.GetProperty("text").GetString()!))]);
    }

    /// <summary>What is empty may be missing: that is protobuf's JSON.</summary>
    private static IEnumerable<JsonElement> Items(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out JsonElement array) ? array.EnumerateArray().Select(item => item.Clone()) : [];

    private static string? Text(JsonElement owner, string name) => owner.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static ImmutableArray<string> Strings(JsonElement owner, string name) => [.. Items(owner, name).Select(item => item.GetString()!)];

    /// <summary>One refusal.</summary>
    internal sealed record Nack(string Node, string Type, ImmutableArray<string> Resources, string Text);
}
