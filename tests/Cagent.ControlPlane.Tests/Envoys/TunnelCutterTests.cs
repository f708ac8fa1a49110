// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net.Sockets;
using Cagent.ControlPlane.Envoys;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.ControlPlane.Tests.Envoys;

public sealed class TunnelCutterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TunnelTarget A = new("gate@a", "gate_a");
    private static readonly TunnelTarget B = new("gate@b", "gate_b");

    private readonly RecordingLogger<TunnelCutter> _logger = new();
    private readonly TunnelCutterOptions _options = new();

    [EnvoyFact]
    public async Task CutAsync_OpenTunnels_EndsTheNamedOnesOnly()
    {
        await using SupervisedFolder folder = await StartAsync(TimeSpan.FromSeconds(60));
        await using TunnelCutter cutter = Cutter(folder);
        using Socket a1 = await OpenAsync(folder, "a");
        using Socket a2 = await OpenAsync(folder, "a");
        using Socket b = await OpenAsync(folder, "b");

        TunnelCut cut = Assert.Single(await cutter.CutAsync([A], NotInUse, CancellationToken.None));

        Assert.Equal((TunnelCutOutcome.Ended, 2L), (cut.Outcome, cut.Ended));
        Assert.InRange(cut.Elapsed, TimeSpan.Zero, _options.Deadline);
        Assert.True(await IsEndedAsync(a1) && await IsEndedAsync(a2));
        Assert.True(await EchoesAsync(b));
        Assert.True(_logger.Has(1240));
    }

    [EnvoyFact]
    public async Task CutAsync_NothingOpen_LeavesTheHostArmed()
    {
        await using SupervisedFolder folder = await StartAsync(TimeSpan.FromSeconds(60));
        await using TunnelCutter cutter = Cutter(folder);
        ImmutableArray<TunnelCut> cuts = await cutter.CutAsync([A, B, new TunnelTarget("gate@unknown", "gate_unknown")], NotInUse, CancellationToken.None);
        Assert.All(cuts, cut => Assert.Equal(TunnelCutOutcome.NothingOpen, cut.Outcome));

        using Socket a = await OpenAsync(folder, "a");
        Assert.Equal(TunnelCutOutcome.Ended, Assert.Single(await cutter.CutAsync([A], NotInUse, CancellationToken.None)).Outcome);
        Assert.True(await IsEndedAsync(a));
    }

    [EnvoyFact]
    public async Task CutAsync_SecondCutBeforeItIsArmed_IsPendingAndEndsInTheBackground()
    {
        await using SupervisedFolder folder = await StartAsync(TimeSpan.FromSeconds(3));
        await using TunnelCutter cutter = Cutter(folder);
        // Its patience ends before the host is armed; the first cuts need theirs on a busy machine.
        await using TunnelCutter impatient = new(folder.Sockets.Cut, folder.Admin, new TunnelCutterOptions { Deadline = TimeSpan.FromMilliseconds(300) }, TimeProvider.System, _logger);
        // Hosts are armed at fixed times: from a cut right after such a time it takes the whole interval.
        await CutAndArmAsync(folder, cutter);
        using Socket first = await OpenAsync(folder, "a");
        Assert.Equal(TunnelCutOutcome.Ended, Assert.Single(await cutter.CutAsync([A], NotInUse, CancellationToken.None)).Outcome);
        using Socket second = await OpenAsync(folder, "a");

        TunnelCut cut = Assert.Single(await impatient.CutAsync([A], NotInUse, CancellationToken.None));

        Assert.Equal(TunnelCutOutcome.Pending, cut.Outcome);
        Assert.True(await EchoesAsync(second));
        Assert.True(_logger.Has(1241));
        Assert.True(await IsEndedAsync(second));
        await Eventually.TrueAsync(() => _logger.Entries.Count(entry => entry.Id == 1240) == 3, Patience);
    }

    [EnvoyFact]
    public async Task CutAsync_EntryStaysInUse_NewTunnelsLive()
    {
        await using SupervisedFolder folder = await StartAsync(TimeSpan.FromSeconds(60));
        await using TunnelCutter cutter = Cutter(folder);
        using Socket old = await OpenAsync(folder, "a");
        Task<ImmutableArray<TunnelCut>> cutting = cutter.CutAsync([A], _ => true, CancellationToken.None);
        Assert.True(await IsEndedAsync(old));
        using Socket renewed = await OpenAsync(folder, "a");
        Assert.Equal(TunnelCutOutcome.Ended, Assert.Single(await cutting).Outcome);
        Assert.True(await EchoesAsync(renewed));
    }

    [EnvoyFact]
    public async Task CutAsync_ManyClusters_AllEnd()
    {
        string[] names = [.. Enumerable.Range(0, 80).Select(i => $"n{i}")];
        await using SupervisedFolder folder = await StartAsync(TimeSpan.FromSeconds(60), names);
        await using TunnelCutter cutter = Cutter(folder);
        List<Socket> open = [];
        foreach (string name in names)
        {
            open.Add(await OpenAsync(folder, name));
        }
        ImmutableArray<TunnelCut> cuts = await cutter.CutAsync(names.Select(name => new TunnelTarget($"gate@{name}", $"gate_{name}")), NotInUse, CancellationToken.None);
        Assert.All(cuts, cut => Assert.Equal(TunnelCutOutcome.Ended, cut.Outcome));
        foreach (Socket socket in open)
        {
            Assert.True(await IsEndedAsync(socket));
            socket.Dispose();
        }
    }

    [Fact]
    public async Task CutAsync_NoEnvoy_IsUnreachableSoon()
    {
        await using SupervisedFolder folder = new();
        await using TunnelCutter cutter = Cutter(folder);
        Assert.Equal(TunnelCutOutcome.Unreachable, Assert.Single(await cutter.CutAsync([A], NotInUse, CancellationToken.None)).Outcome);
    }

    private static bool NotInUse(TunnelTarget target) => false;

    private TunnelCutter Cutter(SupervisedFolder folder) => new(folder.Sockets.Cut, folder.Admin, _options, TimeProvider.System, _logger);

    private static async Task<SupervisedFolder> StartAsync(TimeSpan armInterval, params string[] names)
    {
        names = names.Length == 0 ? ["a", "b"] : names;
        SupervisedFolder folder = new(CutBootstrap.Write(armInterval, names));
        folder.ServeEcho();
        await folder.Supervisor(TestKit.Processes.EnvoyBinary.Require()).StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => folder.Admin.IsReadyAsync(CancellationToken.None), Patience);
        await Eventually.TrueAsync(
            async () => (await folder.Admin.StatsAsync(@"^cluster\.gate_.*membership_healthy$", CancellationToken.None)).Values.Count(value => value == 1) == names.Length,
            Patience);
        return folder;
    }

    private static async Task CutAndArmAsync(SupervisedFolder folder, TunnelCutter cutter)
    {
        using Socket socket = await OpenAsync(folder, "a");
        Assert.Equal(TunnelCutOutcome.Ended, Assert.Single(await cutter.CutAsync([A], NotInUse, CancellationToken.None)).Outcome);
        await Eventually.TrueAsync(
            async () => (await folder.Admin.StatsAsync(@"^cluster\.gate_a\.membership_healthy$", CancellationToken.None)).Values.Single() == 1,
            Patience);
    }

    private static async Task<Socket> OpenAsync(SupervisedFolder folder, string name)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(folder.State.Run, $"front-{name}.sock")));
        Assert.True(await EchoesAsync(socket));
        return socket;
    }

    private static async Task<bool> EchoesAsync(Socket socket)
    {
        byte[] buffer = new byte[16];
        await socket.SendAsync("\x16hello"u8.ToArray());
        return await socket.ReceiveAsync(buffer).WaitAsync(Patience) > 0;
    }

    private static async Task<bool> IsEndedAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[16]).WaitAsync(Patience) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
