// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Cagent.ControlPlane.Unix;

namespace Cagent.Secrets.Interception;

/// <summary>When the steps of a rotation come, as <c>pki/rotation.json</c> holds it. Without the file nothing happens by itself.</summary>
/// <param name="SignAt">When the next CA begins to sign; null when it already does.</param>
/// <param name="RetireAt">When the previous CA stops being trusted; null before the next one signs.</param>
/// <param name="Overlap">How long the previous CA stays trusted once the next one signs.</param>
public sealed record CaSchedule(
    [property: JsonPropertyName("sign_at")] DateTimeOffset? SignAt,
    [property: JsonPropertyName("retire_at")] DateTimeOffset? RetireAt,
    [property: JsonPropertyName("overlap")] TimeSpan Overlap)
{
    private const string FileName = "rotation.json";

    /// <summary>The plan of a folder; null when there is none, or it cannot be read: then nothing happens by itself.</summary>
    internal static CaSchedule? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<CaSchedule>(File.ReadAllBytes(Path.Combine(folder, FileName)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    internal void Write(string folder) => AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this));

    internal static void Delete(string folder) => File.Delete(Path.Combine(folder, FileName));
}
