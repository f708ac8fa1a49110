// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Cagent.ControlPlane.Revisions;

/// <summary>The metadata file of the last good revision: names each content by its SHA-256, and itself by a digest over all fields.</summary>
internal sealed record LastGoodManifest(
    string Revision,
    string FileName,
    DateTimeOffset SavedAt,
    string Policy,
    SortedDictionary<string, string> Dependencies,
    string Digest)
{
    /// <summary>The overlays in order; null, as in files of older builds, means none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public List<string>? Overlays { get; init; }

    /// <summary>True when no field changed since <see cref="Sealed"/>.</summary>
    [JsonIgnore]
    public bool IsIntact => Digest == Compute();

    public LastGoodManifest Sealed() => this with { Digest = Compute() };

    private string Compute()
    {
        StringBuilder text = new();
        foreach (string field in (ReadOnlySpan<string>)[Revision, FileName, SavedAt.ToString("O", CultureInfo.InvariantCulture), Policy])
        {
            text.Append(CultureInfo.InvariantCulture, $"{field.Length}:{field}\n");
        }
        foreach ((string path, string hash) in Dependencies.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{path.Length}:{path}={hash}\n");
        }
        foreach (string overlay in Overlays ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"overlay {overlay.Length}:{overlay}\n");
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LastGoodManifest))]
[JsonSerializable(typeof(List<string>))]
internal sealed partial class RevisionsJson : JsonSerializerContext;
