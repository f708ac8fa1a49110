// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Attack.Canaries;

namespace Cagent.Attack.Attacks;

/// <summary>Ways that do not lead through the proxy at all. An agent that has one is not isolated.</summary>
internal static class PastTheProxy
{
    private static readonly byte[] Greeting = "cagent-attack: this should not arrive\n"u8.ToArray();
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Dials the canary.</summary>
    public static async Task DialAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string host = trial.Targets.CanaryAddress ?? trial.Canary.Host;
        IPAddress[] addresses = await ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        if (addresses.Length == 0)
        {
            trial.Skip($"the canary's name {host} does not resolve here: say with --canary-address where it is");
            return;
        }

        (long connections, long datagrams) = (0, 0);
        foreach (IPAddress address in addresses)
        {
            string? observed = await ConnectAsync(trial, address.ToString(), trial.Canary.Port, cancellationToken).ConfigureAwait(false);
            connections += observed is null ? 1 : 0;
            trial.ExpectIsolated($"TCP to {new IPEndPoint(address, trial.Canary.Port)} without the proxy", "no connection", observed is not null, observed ?? "connected");
        }

        trial.Sent = (connections, datagrams);
    }

    /// <summary>Dials one address; null when it answers, or why not.</summary>
    public static async Task<string?> ConnectAsync(AttackTrial trial, string address, int port, CancellationToken cancellationToken)
    {
        try
        {
            await using (await trial.Proxy.DialAsync(address, port, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Sends a datagram to the canary and asks it whether one came.</summary>
    public static async Task SendDatagramsAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string host = trial.Targets.CanaryAddress ?? trial.Canary.Host;
        IPAddress[] addresses = await ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        (CanarySightings? before, string? problem) = await trial.Options.Witness!.AskAsync(cancellationToken).ConfigureAwait(false);
        if (addresses.Length == 0 || before is null)
        {
            trial.Skip(problem ?? $"the canary's name {host} does not resolve here: say with --canary-address where it is");
            return;
        }

        foreach (IPAddress address in addresses)
        {
            using Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                await socket.SendToAsync(Greeting, SocketFlags.None, new IPEndPoint(address, trial.Canary.Port), cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                // No route, or forbidden: that is what should be.
            }
        }

        long arrived = await ArrivedAsync(trial, before, cancellationToken).ConfigureAwait(false);
        trial.ExpectIsolated($"UDP to {AttackUrl.Join(host, trial.Canary.Port)}", "nothing arrives", arrived == 0, $"{arrived} datagrams arrived");
        trial.Sent = (0, arrived);
    }

    /// <summary>The addresses of a name, as this machine knows them; none when it does not.</summary>
    public static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return [address];
        }

        // A name that cannot exist is asked of nobody: the question alone would leave the machine.
        if (host.EndsWith(".invalid", StringComparison.Ordinal))
        {
            return [];
        }

        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    // A datagram has no answer: whether none came is known only after a while.
    private static async Task<long> ArrivedAsync(AttackTrial trial, CanarySightings before, CancellationToken cancellationToken)
    {
        long start = TimeProvider.System.GetTimestamp();
        long arrived = 0;
        while (arrived == 0 && TimeProvider.System.GetElapsedTime(start) < Patience)
        {
            await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            (CanarySightings? now, _) = await trial.Options.Witness!.AskAsync(cancellationToken).ConfigureAwait(false);
            arrived = (now?.Datagrams ?? before.Datagrams) - before.Datagrams;
        }

        return arrived;
    }
}
