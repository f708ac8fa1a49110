// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;

namespace Cagent.EndToEnd.Tests.Faults;

/// <summary>What <c>status.json</c> says.</summary>
internal sealed record StatusDocument(
    string State, string? Revision, string? RefusedRevision, ImmutableArray<string> Diagnostics, ImmutableArray<StatusDocument.Nack> Nacks)
{
    public static StatusDocument Read(string stateFolder)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(stateFolder, "status.json")));
        JsonElement policy = document.RootElement.GetProperty("policy");
        return new StatusDocument(
            policy.GetProperty("state").GetString()!,
            policy.GetProperty("revision").GetString(),
            policy.GetProperty("refused_revision").GetString(),
            Strings(policy.GetProperty("diagnostics")),
            [.. document.RootElement.GetProperty("nacks").EnumerateArray().Select(nack => new Nack(
                nack.GetProperty("node").GetString()!, nack.GetProperty("type").GetString()!, Strings(nack.GetProperty("resources")), nack.GetProperty("text").GetString()!))]);
    }

    private static ImmutableArray<string> Strings(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];

    /// <summary>One refusal.</summary>
    internal sealed record Nack(string Node, string Type, ImmutableArray<string> Resources, string Text);
}
