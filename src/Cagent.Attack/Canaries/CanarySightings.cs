// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cagent.Attack.Canaries;

/// <summary>Everything that a canary has seen. Immutable.</summary>
/// <param name="Connections">TCP connections since it started.</param>
/// <param name="Datagrams">UDP datagrams since it started.</param>
/// <param name="Recent">The newest of both, oldest first.</param>
public sealed record CanarySightings(long Connections, long Datagrams, ImmutableArray<CanarySighting> Recent)
{
    /// <summary>As the canary tells it.</summary>
    public string ToJson() => new JsonObject
    {
        ["connections"] = Connections,
        ["datagrams"] = Datagrams,
        ["recent"] = new JsonArray([.. Recent.Select(one => new JsonObject
        {
            ["time"] = one.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["transport"] = one.Transport,
            ["from"] = one.From,
            ["bytes"] = one.Bytes,
        })]),
    }.ToJsonString() + "\n";

    /// <summary>Reads <see cref="ToJson"/>.</summary>
    public static bool TryParse(string json, [NotNullWhen(true)] out CanarySightings? sightings)
    {
        sightings = null;
        try
        {
            JsonNode? document = JsonNode.Parse(json);
            sightings = new CanarySightings(
                document!["connections"]!.GetValue<long>(),
                document["datagrams"]!.GetValue<long>(),
                [.. document["recent"]!.AsArray().Select(one => new CanarySighting(
                    DateTimeOffset.Parse(one!["time"]!.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                    one["transport"]!.GetValue<string>(), one["from"]!.GetValue<string>(), one["bytes"]!.GetValue<string>()))]);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            return false;
        }
    }
}
