// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Ordering;
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Tests;

/// <summary>
/// Plays a client against the pure state of a stream, with time as a number of seconds. Responses are written as text:
/// <c>cds[a=1 b=2] -c</c> holds a and b and removes c.
/// </summary>
internal sealed class StreamProbe
{
    private readonly StreamState _state;
    private readonly Queue<ResponsePart> _unanswered = new();
    private TimeSpan _now;
    private long _sequence;

    public StreamProbe(Func<string, string, bool>? isOnDemand = null, int maxBytes = 1 << 20, int maxUnanswered = 64, XdsVariant? variant = null, int maxHalvings = 0) =>
        _state = new StreamState(
            new StreamLimits(AckTimeout, Grace, maxBytes, maxUnanswered) { MaxHalvings = maxHalvings }, new NonceSource(0xabcd), isOnDemand ?? ((_, _) => false), variant ?? new XdsVariant(IsDelta: true, IsAggregated: true));

    public static TimeSpan AckTimeout { get; } = TimeSpan.FromSeconds(5);

    public static TimeSpan Grace { get; } = TimeSpan.FromSeconds(7);

    public StreamState State => _state;

    /// <summary>Every response since the start.</summary>
    public List<ResponsePart> All { get; } = [];

    /// <summary>The responses of the last step.</summary>
    public IReadOnlyList<ResponsePart> Last { get; private set; } = [];

    public string Publish(params string[] resources) => Publish(Snapshots.Of("r" + (_sequence + 1), resources));

    public string Publish(XdsSnapshot snapshot)
    {
        XdsSnapshot shared = _state.Published is { } before ? snapshot.SharedWith(before.Snapshot) : snapshot;
        _state.Publish(new PublishedSnapshot(new Publication(++_sequence, XdsServer.DefaultGroup, snapshot.Revision, 0), shared));
        return Step();
    }

    public string Subscribe(string type, params string[] names) => Send(type, new DeltaRequest { TypeUrl = "", Subscribe = names });

    public string Unsubscribe(string type, params string[] names) => Send(type, new DeltaRequest { TypeUrl = "", Unsubscribe = names });

    public string Reconnect(string type, string[] names, params string[] held) => Send(type, new DeltaRequest
    {
        TypeUrl = "",
        Subscribe = names,
        InitialVersions = held.Select(Snapshots.Resource).ToDictionary(resource => resource.Name, resource => resource.Version),
    });

    public string Send(string type, XdsRequest request)
    {
        Apply(type, request);
        return Step();
    }

    public RequestOutcome Apply(string type, XdsRequest request)
    {
        XdsType xdsType = Snapshots.Type(type);
        return _state.Apply(xdsType, request with { TypeUrl = xdsType.TypeUrl });
    }

    /// <summary>Acknowledges the oldest response of a type that is not answered yet.</summary>
    public string Ack(string type) => Send(type, new DeltaRequest { TypeUrl = "", Nonce = Take(type).Nonce });

    public string Nack(string type, string text = "no", params string[] subscribe) =>
        Send(type, new DeltaRequest { TypeUrl = "", Nonce = Take(type).Nonce, Error = text, Subscribe = subscribe });

    /// <summary>Acknowledges until nothing more comes.</summary>
    public string AckAll()
    {
        List<string> came = [];
        while (_unanswered.TryDequeue(out ResponsePart? part))
        {
            string text = Send(part.Type.ShortName, new DeltaRequest { TypeUrl = "", Nonce = part.Nonce });
            if (text.Length > 0)
            {
                came.Add(text);
            }
        }

        return string.Join("; ", came);
    }

    /// <summary>
    /// Answers as a client that takes a response whole or not at all and never says why: until nothing more comes, and for
    /// either variant. Gives what it was sent, with what it refused marked.
    /// </summary>
    public List<string> Judge(Func<string, bool> isBad, bool isDelta)
    {
        List<string> came = [];
        while (_unanswered.TryDequeue(out ResponsePart? part))
        {
            bool isRefused = part.Resources.Any(resource => isBad(resource.Body.ToStringUtf8()));
            came.Add(Describe(part) + (isRefused ? " refused" : ""));
            string? error = isRefused ? "something is wrong" : null;
            Send(part.Type.ShortName, isDelta
                ? new DeltaRequest { TypeUrl = "", Nonce = part.Nonce, Error = error }
                : new SotwRequest { TypeUrl = "", Nonce = part.Nonce, Error = error });
        }

        return came;
    }

    /// <summary>Lets time pass as the loop does: from deadline to deadline.</summary>
    public string Pass(double seconds)
    {
        TimeSpan end = _now + TimeSpan.FromSeconds(seconds);
        List<string> came = [];
        while (_state.NextDeadline(_now) is { } deadline && deadline <= end)
        {
            _now = deadline;
            string text = Step();
            if (text.Length > 0)
            {
                came.Add(text);
            }
        }

        _now = end;
        return string.Join("; ", came);
    }

    public string Step()
    {
        Last = _state.Next(_now);
        All.AddRange(Last);
        foreach (ResponsePart part in Last)
        {
            _unanswered.Enqueue(part);
        }

        return string.Join("; ", Last.Select(Describe));
    }

    private static string Describe(ResponsePart part)
    {
        string set = string.Join(' ', part.Resources.Select(resource => resource.Body.ToStringUtf8()));
        string removed = string.Concat(part.Removed.Select(name => " -" + name));
        return $"{part.Type.ShortName}[{set}]{removed}";
    }

    private ResponsePart Take(string type)
    {
        ResponsePart[] all = [.. _unanswered];
        ResponsePart taken = all.First(part => part.Type.ShortName == type);
        _unanswered.Clear();
        foreach (ResponsePart part in all.Where(part => part != taken))
        {
            _unanswered.Enqueue(part);
        }

        return taken;
    }
}
