// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;
using Cagent.ControlPlane.Unix;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Revisions;

/// <summary>
/// Keeps the sources of the last good revision under <c>&lt;state&gt;/revisions</c>: contents in files named by their SHA-256, then one
/// manifest renamed over the old one, so a crash leaves the old revision or the new one. Whatever does not add up counts as absent.
/// One writer: the control plane's publishing loop.
/// </summary>
public sealed class LastGoodStore
{
    private const string ManifestName = "last-good.json";
    private const int MaxFileBytes = 64 * 1024 * 1024;

    private readonly string _folder;
    private readonly ILogger<LastGoodStore> _logger;

    /// <summary>A store in a folder, which must exist and be private.</summary>
    public LastGoodStore(string folder, ILogger<LastGoodStore> logger)
    {
        _folder = folder;
        _logger = logger;
    }

    private string ManifestPath => Path.Combine(_folder, ManifestName);

    /// <summary>Keeps a revision and drops the one before. False, with a warning, when the disk refuses: the old one stays.</summary>
    public bool TrySave(LastGoodRevision revision)
    {
        try
        {
            LastGoodManifest manifest = new(
                revision.Id.ToString(),
                revision.FileName,
                revision.SavedAt,
                WriteContent(revision.Policy),
                new SortedDictionary<string, string>(
                    revision.Dependencies.ToDictionary(pair => pair.Key, pair => WriteContent(pair.Value)), StringComparer.Ordinal),
                Digest: "")
            {
                Overlays = revision.Overlays.IsEmpty ? null : [.. revision.Overlays],
            };
            manifest = manifest.Sealed();
            AtomicFile.Write(ManifestPath, JsonSerializer.SerializeToUtf8Bytes(manifest, RevisionsJson.Default.LastGoodManifest));
            DropAllBut(manifest);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ControlPlaneLog.LastGoodNotSaved(_logger, revision.Id.ShortForm, e.Message);
            return false;
        }
    }

    /// <summary>The kept revision, or null when there is none or it is damaged (logged).</summary>
    public LastGoodRevision? Load()
    {
        if (!File.Exists(ManifestPath))
        {
            return null;
        }
        try
        {
            LastGoodManifest? manifest = JsonSerializer.Deserialize(ReadBounded(ManifestPath), RevisionsJson.Default.LastGoodManifest);
            if (manifest is not { Revision: not null, FileName: not null, Policy: not null, Dependencies: not null } || !manifest.IsIntact)
            {
                throw new InvalidDataException("the metadata is damaged");
            }
            if (!RevisionId.TryParse(manifest.Revision, out RevisionId? id))
            {
                throw new InvalidDataException("the revision id is malformed");
            }
            return new LastGoodRevision(
                id,
                manifest.FileName,
                manifest.SavedAt,
                ReadContent(manifest.Policy),
                manifest.Dependencies.ToImmutableSortedDictionary(pair => pair.Key, pair => ReadContent(pair.Value), StringComparer.Ordinal))
            {
                Overlays = [.. manifest.Overlays ?? []],
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            ControlPlaneLog.LastGoodDamaged(_logger, ManifestPath, e.Message);
            return null;
        }
    }

    private string WriteContent(ImmutableArray<byte> content)
    {
        string name = RevisionId.Of(content.AsSpan()).ToString();
        // Written again even when present: the present file may be the damaged one.
        AtomicFile.Write(ContentPath(name), content.AsSpan());
        return name;
    }

    private ImmutableArray<byte> ReadContent(string name)
    {
        // Parsed, not trusted: the name becomes part of a path.
        if (!RevisionId.TryParse(name, out RevisionId? expected))
        {
            throw new InvalidDataException("a content name is malformed");
        }
        ImmutableArray<byte> content = [.. ReadBounded(ContentPath(name))];
        return RevisionId.Of(content.AsSpan()) == expected
            ? content
            : throw new InvalidDataException($"the content {expected.ShortForm} is damaged");
    }

    private string ContentPath(string name) => Path.Combine(_folder, name + ".content");

    private static byte[] ReadBounded(string path) =>
        new FileInfo(path).Length <= MaxFileBytes
            ? File.ReadAllBytes(path)
            : throw new InvalidDataException($"{Path.GetFileName(path)} is too large");

    private void DropAllBut(LastGoodManifest manifest)
    {
        HashSet<string> kept = [ContentPath(manifest.Policy), .. manifest.Dependencies.Values.Select(ContentPath)];
        foreach (string file in Directory.EnumerateFiles(_folder))
        {
            // Temporary files are what a crash between write and rename left.
            if ((file.EndsWith(".content", StringComparison.Ordinal) || file.EndsWith(".tmp", StringComparison.Ordinal)) && !kept.Contains(file))
            {
                File.Delete(file);
            }
        }
    }
}
