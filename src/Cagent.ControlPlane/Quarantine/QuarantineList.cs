// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Cagent.ControlPlane.Unix;

namespace Cagent.ControlPlane.Quarantine;

/// <summary>
/// The agents that an operator has stopped, kept over restarts. A change holds once it is on disk, and what is on disk holds: a file that
/// cannot be read stops the start, since nobody knows then who must not run. Thread safe.
/// </summary>
public sealed class QuarantineList
{
    /// <summary>How many agents fit.</summary>
    public const int Capacity = 10_000;

    private const int MaxFileBytes = 8 << 20;

    private readonly string? _path;
    private readonly Lock _gate = new(); // orders writers, of the file and of _state
    private volatile State _state;

    private QuarantineList(string? path, ImmutableArray<OperatorQuarantine> all)
    {
        _path = path;
        _state = new State(all);
    }

    /// <summary>A list of nobody, which cannot be changed: for who only compiles.</summary>
    public static QuarantineList None { get; } = new(null, []);

    /// <summary>Those who are stopped, in ordinal order of their names.</summary>
    public ImmutableArray<OperatorQuarantine> All => _state.All;

    /// <summary>Their names.</summary>
    public FrozenSet<string> Names => _state.Names;

    /// <summary>Reads the list. A file that is not there is an empty one.</summary>
    /// <exception cref="StateDirectoryException">The file cannot be read, or is none of ours; the message says what to do.</exception>
    public static QuarantineList Open(string path)
    {
        try
        {
            return new QuarantineList(path, Read(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            throw new StateDirectoryException($"{path}, the list of agents in quarantine, cannot be read ({e.Message}); nothing starts, because nobody knows who must not run. Mend the file, or delete it to release all of them", e);
        }
    }

    /// <summary>Stops an agent, or changes the reason; the time stays that of the first call. False when nothing changes.</summary>
    /// <exception cref="IOException">The disk refuses, or the list is full; nothing has changed.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; nothing has changed.</exception>
    public bool Add(OperatorQuarantine quarantine)
    {
        ArgumentNullException.ThrowIfNull(quarantine);
        return Change(all =>
        {
            OperatorQuarantine? known = all.FirstOrDefault(one => one.Agent == quarantine.Agent);
            return known is null ? [.. all.Append(quarantine).OrderBy(one => one.Agent, StringComparer.Ordinal)]
                : quarantine.Reason.Length == 0 || known.Reason == quarantine.Reason ? all
                : all.Replace(known, known with { Reason = quarantine.Reason });
        });
    }

    /// <summary>Releases an agent. False when it was not stopped.</summary>
    /// <exception cref="IOException">The disk refuses; it stays stopped.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; it stays stopped.</exception>
    public bool Remove(string agent) => Change(all => all.RemoveAll(one => one.Agent == agent));

    private bool Change(Func<ImmutableArray<OperatorQuarantine>, ImmutableArray<OperatorQuarantine>> change)
    {
        lock (_gate)
        {
            ImmutableArray<OperatorQuarantine> next = change(_state.All);
            if (next.SequenceEqual(_state.All))
            {
                return false;
            }

            if (_path is null || next.Length > Capacity)
            {
                throw new IOException(_path is null ? "there is no state directory" : $"at most {Capacity} agents can be in quarantine");
            }

            AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes([.. next], QuarantineJson.Default.ListOperatorQuarantine));
            _state = new State(next);
            return true;
        }
    }

    private static ImmutableArray<OperatorQuarantine> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        if (new FileInfo(path).Length > MaxFileBytes)
        {
            throw new InvalidDataException("it is too large");
        }

        List<OperatorQuarantine> all = JsonSerializer.Deserialize(File.ReadAllBytes(path), QuarantineJson.Default.ListOperatorQuarantine) ?? throw new InvalidDataException("it holds no list");
        return [.. all.OrderBy(one => one.Agent, StringComparer.Ordinal)];
    }

    private sealed record State(ImmutableArray<OperatorQuarantine> All)
    {
        public FrozenSet<string> Names { get; } = All.Select(one => one.Agent).ToFrozenSet(StringComparer.Ordinal);
    }
}
