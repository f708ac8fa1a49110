// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Cagent.TestKit.Sockets;

namespace Cagent.TestKit.NetworkNamespaces;

/// <summary>
/// A Linux network namespace of the test's own, with nothing but a loopback device that carries any addresses the test wants:
/// there a public-looking address is real, and no packet can leave. Give it to the options of servers and clients as their sockets. Thread safe.
/// </summary>
/// <remarks>Needs root and iproute2: see <see cref="UnavailableReason"/>.</remarks>
public sealed class NetworkNamespace : ISocketFactory, IDisposable
{
    private static readonly Lazy<string?> Reason = new(Probe);

    private NetworkNamespace(string name) => Name = name;

    /// <summary>Why there can be no namespaces here; null when there can.</summary>
    public static string? UnavailableReason => Reason.Value;

    /// <summary>The name that <c>ip netns</c> knows.</summary>
    public string Name { get; }

    /// <summary>What to put before a command line so that it runs in the namespace; it replaces itself by the program.</summary>
    public ImmutableArray<string> Prefix => ["ip", "netns", "exec", Name];

    /// <summary>Makes a namespace whose loopback device has the addresses, besides 127.0.0.1 and ::1.</summary>
    public static NetworkNamespace Create(params IPAddress[] addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        NetworkNamespace space = new("cagent-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        IpCommand.Run("netns", "add", space.Name);
        try
        {
            IpCommand.Run("-n", space.Name, "link", "set", "lo", "up");
            Array.ForEach(addresses, space.AddAddress);
            return space;
        }
        catch
        {
            space.Dispose();
            throw;
        }
    }

    /// <summary>Gives the loopback device another address.</summary>
    public void AddAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        // nodad: duplicate address detection would hold back an IPv6 address for a second.
        string[] options = address.AddressFamily == AddressFamily.InterNetworkV6 ? ["nodad"] : [];
        string length = address.AddressFamily == AddressFamily.InterNetworkV6 ? "128" : "32";
        IpCommand.Run(["-n", Name, "addr", "add", $"{address}/{length}", "dev", "lo", .. options]);
    }

    /// <summary>Lays a cable to another namespace: a device in each, up and without addresses.</summary>
    public void Connect(string device, NetworkNamespace peer, string peerDevice)
    {
        ArgumentNullException.ThrowIfNull(peer);
        IpCommand.Run("-n", Name, "link", "add", device, "type", "veth", "peer", "name", peerDevice, "netns", peer.Name);
        IpCommand.Run("-n", Name, "link", "set", device, "up");
        IpCommand.Run("-n", peer.Name, "link", "set", peerDevice, "up");
    }

    /// <summary>Gives a device an address with its network, such as <c>10.0.0.1/24</c>.</summary>
    public void AddAddress(string address, string device)
    {
        ArgumentNullException.ThrowIfNull(address);
        // nodad: duplicate address detection would hold back an IPv6 address for a second.
        IpCommand.Run(["-n", Name, "addr", "add", address, "dev", device, .. address.Contains(':', StringComparison.Ordinal) ? ["nodad"] : Array.Empty<string>()]);
    }

    /// <summary>Sends a network, or <c>default</c>, to a neighbour.</summary>
    public void AddRoute(string network, string neighbour)
    {
        ArgumentNullException.ThrowIfNull(neighbour);
        IpCommand.Run("-n", Name, neighbour.Contains(':', StringComparison.Ordinal) ? "-6" : "-4", "route", "add", network, "via", neighbour);
    }

    /// <summary>Runs a program in the namespace to its end; its output. <see cref="InvalidOperationException"/> with what it said when it fails.</summary>
    public string Run(string file, params string[] arguments) => Run("", file, arguments);

    /// <summary>The same with something to read on its standard input.</summary>
    public string Run(string input, string file, string[] arguments) => SystemCommand.Run("ip", ["netns", "exec", Name, file, .. arguments], input);

    /// <inheritdoc/>
    public Socket Create(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        Socket? socket = null;
        ExceptionDispatchInfo? failure = null;

        // A thread of its own for each socket: one that has changed its namespace must never return to the pool.
        Thread thread = new(() =>
        {
            try
            {
                NamespaceThread.Enter(Name);
                socket = new Socket(family, type, protocol);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return socket!;
    }

    /// <summary>Removes the namespace's name; it is gone once the last process and socket in it are.</summary>
    public void Dispose()
    {
        try
        {
            IpCommand.Run("netns", "del", Name);
        }
        catch (InvalidOperationException)
        {
            // Gone already.
        }
    }

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "Network namespaces need Linux and root.";
        }

        try
        {
            using NetworkNamespace space = Create(IPAddress.Parse("203.0.113.10"));
            IpCommand.Run([.. space.Prefix.Skip(1), "true"]);
            space.Create(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp).Dispose();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or Win32Exception)
        {
            return $"Network namespaces do not work here: {e.Message}";
        }
    }
}
