// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Load.Clients;
using Cagent.Xds.Load.Peers;
using Cagent.Xds.Load.States;

namespace Cagent.Xds.Load.Cases;

/// <summary>One server, one size of snapshot, a number of streams with a connection each: first configuration, memory, pushes, return.</summary>
internal sealed record XdsCase(string Name, bool IsDelta, int Resources, int ResourceSize, int Streams, int OneRounds, int AllRounds)
{
    // The generator does not look at windows, so its request has to fit into the smallest: 64 KiB.
    private const int MaxResumed = 1000;
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(1);
    private static readonly Dictionary<string, string> s_nothing = [];

    public async Task<CaseResult> RunAsync(XdsPeer peer)
    {
        using ControlPort control = new(peer.Control);
        StateSource state = new(Resources, ResourceSize);
        await control.SetAsync(state.Write());
        PeerStats empty = await control.WaitForRestAsync();
        using Fleet fleet = new(peer, IsDelta, Streams);

        (double firstConfig, double firstCpu) = await MeasureAsync(fleet, control, Resources, () => fleet.OpenAsync(s_nothing));
        Dictionary<string, string> versions = fleet.TakeVersions();
        PeerStats idle = await control.StatsAsync();

        long responses = fleet.Responses;
        await control.SetAsync(state.Write());
        await Task.Delay(s_silence, TimeProvider.System);
        long superfluous = fleet.Responses - responses;

        (double one, double oneCpu) = await PushAsync(fleet, control, state, OneRounds, IsDelta ? 1 : Resources, state.ChangeOne);
        (double Milliseconds, double Cpu)? all = AllRounds == 0 ? null : await PushAsync(fleet, control, state, AllRounds, Resources, state.ChangeAll);
        PeerStats loaded = await control.StatsAsync();
        fleet.Dispose();
        await control.WaitForStreamsAsync(0);

        CaseResult result = new()
        {
            FirstConfig = firstConfig,
            FirstConfigCpu = firstCpu,
            MemoryPerStream = (idle.RssBytes - empty.RssBytes) / 1024 / Streams,
            One = one,
            OneCpu = oneCpu,
            All = all?.Milliseconds,
            AllCpu = all?.Cpu,
            PeakRssMiB = loaded.RssBytes / 1024 / 1024,
            Superfluous = superfluous,
        };
        return IsDelta && Resources <= MaxResumed ? await ResumeAsync(peer, control, versions, result) : result;
    }

    // Nothing tells that a client that holds everything is served, so one resource changes once all are connected.
    private async Task<CaseResult> ResumeAsync(XdsPeer peer, ControlPort control, Dictionary<string, string> versions, CaseResult result)
    {
        StateSource state = new(Resources, ResourceSize);
        await control.SetAsync(state.Write());
        using Fleet fleet = new(peer, IsDelta, Streams);
        (double resume, _) = await MeasureAsync(fleet, control, 1, async () =>
        {
            await fleet.OpenAsync(versions);
            await control.WaitForStreamsAsync(Streams);
            state.ChangeOne();
            await control.SetAsync(state.Write());
        });
        long superfluous = fleet.Resources - Streams;
        fleet.Dispose();
        await control.WaitForStreamsAsync(0);
        return result with { Resume = resume, Superfluous = result.Superfluous + superfluous };
    }

    private async Task<(double Milliseconds, double Cpu)> PushAsync(
        Fleet fleet, ControlPort control, StateSource state, int rounds, int expected, Action change)
    {
        List<(double Milliseconds, double Cpu)> pushes = [];
        for (int round = 0; round <= rounds; round++)
        {
            change();
            byte[] body = state.Write();
            pushes.Add(await MeasureAsync(fleet, control, expected, () => control.SetAsync(body)));
        }

        // The first one warms up.
        pushes.RemoveAt(0);
        return (Median(pushes.Select(push => push.Milliseconds)), Median(pushes.Select(push => push.Cpu)));
    }

    private async Task<(double Milliseconds, double Cpu)> MeasureAsync(Fleet fleet, ControlPort control, int expected, Func<Task> cause)
    {
        PeerStats before = await control.WaitForRestAsync();
        Task done = fleet.Begin(expected);
        long started = TimeProvider.System.GetTimestamp();
        await cause();
        await done;
        double elapsed = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        PeerStats after = await control.WaitForRestAsync();
        return (elapsed, (after.CpuSeconds - before.CpuSeconds) * 1_000_000 / Streams);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
