// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;
using Cagent.ControlPlane.Unix;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Revisions;

/// <summary>
/// The revisions that an Envoy refused (NACK), kept over restarts so that a bad one does not come back.
/// At most <see cref="Capacity"/>; the oldest makes room. Thread safe.
/// </summary>
public sealed class RejectedRevisions
{
    /// <summary>How many are remembered.</summary>
    public const int Capacity = 64;

    private const int MaxFileBytes = 64 * 1024;

    private readonly string _path;
    private readonly ILogger<RejectedRevisions> _logger;
    private readonly Lock _gate = new(); // orders writers, of the file and of _ids
    private volatile ImmutableListBox _ids;

    /// <summary>Reads the set from a folder, which must exist. A damaged file counts as empty (logged).</summary>
    public RejectedRevisions(string folder, ILogger<RejectedRevisions> logger)
    {
        _path = Path.Combine(folder, "rejected.json");
        _logger = logger;
        _ids = new ImmutableListBox(Load());
    }

    /// <summary>Whether an Envoy refused this revision. Never blocks.</summary>
    public bool Contains(RevisionId id) => _ids.Oldest.Contains(id);

    /// <summary>Remembers a refused revision. It holds for this process even when the disk refuses (logged).</summary>
    public void Add(RevisionId id) => Change(ids => ids.Contains(id) ? ids : ids.Add(id).RemoveRange(0, Math.Max(0, ids.Length + 1 - Capacity)));

    /// <summary>Forgets one, when an operator asks to try it again.</summary>
    public void Remove(RevisionId id) => Change(ids => ids.Remove(id));

    private void Change(Func<ImmutableArray<RevisionId>, ImmutableArray<RevisionId>> change)
    {
        lock (_gate)
        {
            ImmutableArray<RevisionId> next = change(_ids.Oldest);
            if (next == _ids.Oldest)
            {
                return;
            }
            _ids = new ImmutableListBox(next);
            try
            {
                List<string> names = [.. next.Select(id => id.ToString())];
                AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(names, RevisionsJson.Default.ListString));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                ControlPlaneLog.RejectedNotSaved(_logger, e.Message);
            }
        }
    }

    private ImmutableArray<RevisionId> Load()
    {
        if (!File.Exists(_path))
        {
            return [];
        }
        try
        {
            if (new FileInfo(_path).Length > MaxFileBytes)
            {
                throw new InvalidDataException("it is too large");
            }
            List<string>? names = JsonSerializer.Deserialize(File.ReadAllBytes(_path), RevisionsJson.Default.ListString);
            ImmutableArray<RevisionId>.Builder ids = ImmutableArray.CreateBuilder<RevisionId>();
            foreach (string name in (names ?? []).TakeLast(Capacity))
            {
                ids.Add(RevisionId.TryParse(name, out RevisionId? id) ? id : throw new InvalidDataException("an id is malformed"));
            }
            return ids.ToImmutable();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            ControlPlaneLog.RejectedDamaged(_logger, _path, e.Message);
            return [];
        }
    }

    private sealed record ImmutableListBox(ImmutableArray<RevisionId> Oldest);
}
