// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Slots;
using Microsoft.Extensions.Logging;

namespace Cagent.ExtAuthz.Slots;

/// <summary>
/// Counts what agents with <c>limits</c> hold open: from ext_authz's answer to the end, which the proxy tells twice, at once by the
/// rate-limit protocol and a moment later in the access log. What it neither ends nor reports as running any more is taken back
/// (<see cref="Reclaim"/>), so that a lost message costs time and no slot. Thread safe; every step is short.
/// </summary>
public sealed class AgentSlots : IHeldStreams
{
    /// <summary>How long a request waits for one that is just ending; the news of it may be on the way still.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <summary>Three reports of the proxy. Only time in which it reports anything counts: when it is silent, nothing is taken back.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(35);

    /// <summary>Longer than the proxy keeps a connection on which nothing runs.</summary>
    public static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(11);

    private const int MaxWaiting = 32; // of one agent; the others are answered at once

    private readonly Lock _gate = new(); // guards everything below
    private readonly Dictionary<string, Holding> _agents = new(StringComparer.Ordinal);         // one for each agent of a policy that ever had bounds
    private readonly Dictionary<string, HeldSlot> _slots = new(StringComparer.Ordinal);         // bounded by the agents' bounds
    private readonly Dictionary<string, HeldConnection> _connections = new(StringComparer.Ordinal); // the same
    private readonly TimeProvider _time;
    private readonly ExtAuthzMetrics _metrics;
    private readonly ILogger<AgentSlots> _logger;
    private long _reported;

    /// <summary>Nothing is open.</summary>
    public AgentSlots(TimeProvider time, ExtAuthzMetrics metrics, ILogger<AgentSlots> logger)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _reported = time.GetTimestamp();
        metrics.ObserveSlots(() => Count(slots: true), () => Count(slots: false));
    }

    /// <summary>Takes a slot, if need be after waiting a moment for another to be given back.</summary>
    internal ValueTask<SlotAnswer> TakeAsync(SlotQuestion question, CancellationToken cancellationToken)
    {
        SlotAnswer answer = Try(question, isWaiting: false, out Task? freed);
        return freed is null ? ValueTask.FromResult(answer) : WaitAsync(question, freed, cancellationToken);
    }

    /// <inheritdoc/>
    public void Ended(string requestId)
    {
        lock (_gate)
        {
            _reported = _time.GetTimestamp();
            if (_slots.TryGetValue(requestId, out HeldSlot? slot))
            {
                Release(requestId, slot);
            }
        }
    }

    /// <inheritdoc/>
    public void Alive(string requestId)
    {
        lock (_gate)
        {
            _reported = _time.GetTimestamp();
            if (_slots.TryGetValue(requestId, out HeldSlot? slot))
            {
                slot.Seen = _reported;
            }
        }
    }

    /// <inheritdoc/>
    public void Disconnected(string connectionId)
    {
        lock (_gate)
        {
            if (_connections.TryGetValue(connectionId, out HeldConnection? connection))
            {
                Forget(connection);
            }
        }
    }

    private async ValueTask<SlotAnswer> WaitAsync(SlotQuestion question, Task freed, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        while (true)
        {
            TimeSpan left = Patience - _time.GetElapsedTime(start);
            await (left > TimeSpan.Zero ? Task.WhenAny(freed, Task.Delay(left, _time, cancellationToken)) : Task.CompletedTask).ConfigureAwait(false);
            bool isLast = cancellationToken.IsCancellationRequested || _time.GetElapsedTime(start) >= Patience;
            SlotAnswer answer = Try(question, isWaiting: true, out Task? again, isLast);
            if (again is null)
            {
                return answer;
            }

            freed = again;
        }
    }

    /// <summary>Takes the slot or says why not; <paramref name="freed"/> is what to wait for, or null when the answer stands.</summary>
    private SlotAnswer Try(SlotQuestion question, bool isWaiting, out Task? freed, bool isLast = false)
    {
        freed = null;
        lock (_gate)
        {
            Holding holding = HoldingOf(question.Bounds.Agent);
            SlotAnswer answer = Fits(holding, question);
            if (answer > SlotAnswer.Taken && Reclaim(holding))
            {
                answer = Fits(holding, question);
            }

            if (answer == SlotAnswer.Taken)
            {
                Take(holding, question);
            }

            bool waits = answer > SlotAnswer.Taken && !isLast && (isWaiting || holding.Waiting < MaxWaiting);
            holding.Waiting += (waits ? 1 : 0) - (isWaiting ? 1 : 0);
            freed = waits ? holding.Freed : null;
            return answer;
        }
    }

    private SlotAnswer Fits(Holding holding, in SlotQuestion question) =>
        question.RequestId.Length == 0 || _slots.ContainsKey(question.RequestId) ? SlotAnswer.Unnamed
        : question.Connection is { } connection && !holding.Connections.ContainsKey(connection) && holding.Connections.Count >= question.Bounds.MaxConnections ? SlotAnswer.TooManyConnections
        : question.IsTunnel && holding.Tunnels >= question.Bounds.MaxTunnels ? SlotAnswer.TooManyTunnels
        : holding.Slots.Count >= question.Bounds.MaxStreams ? SlotAnswer.TooManyStreams
        : SlotAnswer.Taken;

    private void Take(Holding holding, in SlotQuestion question)
    {
        long now = _time.GetTimestamp();
        HeldConnection? connection = question.Connection is { } id ? ConnectionOf(holding, id) : null;
        if (connection is not null)
        {
            connection.Streams++;
            connection.Used = now;
        }

        HeldSlot slot = new(holding, connection, question.IsTunnel, now);
        _slots.Add(question.RequestId, slot);
        holding.Slots.Add(question.RequestId, slot);
        holding.Tunnels += question.IsTunnel ? 1 : 0;
    }

    private void Release(string requestId, HeldSlot slot)
    {
        _slots.Remove(requestId);
        slot.Holding.Slots.Remove(requestId);
        slot.Holding.Tunnels -= slot.IsTunnel ? 1 : 0;
        if (slot.Connection is { } connection)
        {
            connection.Streams--;
            connection.Used = _time.GetTimestamp();
        }

        slot.Holding.SignalFreed();
    }

    private void Forget(HeldConnection connection)
    {
        _connections.Remove(connection.Id);
        connection.Holding.Connections.Remove(connection.Id);
        connection.Holding.SignalFreed();
    }

    /// <summary>Takes back what the proxy has not spoken of for too long, though it spoke of others. Only where somebody is short of it.</summary>
    private bool Reclaim(Holding holding)
    {
        KeyValuePair<string, HeldSlot>[] lost = [.. holding.Slots.Where(slot => _time.GetElapsedTime(slot.Value.Seen, _reported) > LongestSilence)];
        Array.ForEach(lost, slot => Release(slot.Key, slot.Value));
        HeldConnection[] gone = [.. holding.Connections.Values.Where(connection => connection.Streams == 0 && _time.GetElapsedTime(connection.Used) > LongestIdle)];
        Array.ForEach(gone, Forget);
        if (lost.Length + gone.Length > 0)
        {
            _metrics.Reclaimed(lost.Length + gone.Length);
            _logger.SlotsReclaimed(lost.Length, gone.Length, holding.Agent);
        }

        return lost.Length + gone.Length > 0;
    }

    private Holding HoldingOf(string agent)
    {
        if (!_agents.TryGetValue(agent, out Holding? holding))
        {
            _agents.Add(agent, holding = new Holding(agent));
        }

        return holding;
    }

    private HeldConnection ConnectionOf(Holding holding, string id)
    {
        if (!holding.Connections.TryGetValue(id, out HeldConnection? connection))
        {
            connection = new HeldConnection(holding, id);
            holding.Connections.Add(id, connection);
            _connections[id] = connection;
        }

        return connection;
    }

    private int Count(bool slots)
    {
        lock (_gate)
        {
            return slots ? _slots.Count : _connections.Count;
        }
    }
}
