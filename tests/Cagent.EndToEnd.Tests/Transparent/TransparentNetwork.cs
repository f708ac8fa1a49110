// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.RegularExpressions;
using Cagent.TestKit.Files;
using Cagent.TestKit.NetworkNamespaces;

namespace Cagent.EndToEnd.Tests.Transparent;

/// <summary>
/// Four machines in namespaces: an internet, the machine of the proxy, which routes, and two agents that have it as their only way out. The
/// rules in front of it are the shipped ones.
/// </summary>
public sealed partial class TransparentNetwork : IDisposable
{
    public const int Https = 15443;
    public const int Http = 15080;
    public const int Explicit = 3128;
    public static readonly IPAddress Gateway = IPAddress.Parse("10.200.0.1");
    public static readonly IPAddress Gateway6 = IPAddress.Parse("fd00:c::1");
    public static readonly IPAddress BlueAddress = IPAddress.Parse("10.200.0.2");
    public static readonly IPAddress GreenAddress = IPAddress.Parse("10.200.1.2");

    /// <summary>Blue's machine has this address too, and it is no agent's.</summary>
    public static readonly IPAddress NobodysAddress = IPAddress.Parse("10.200.0.9");

    public TransparentNetwork(params IPAddress[] internet)
    {
        Internet = NetworkNamespace.Create(internet);
        Host = NetworkNamespace.Create();
        Blue = NetworkNamespace.Create();
        Green = NetworkNamespace.Create();
        try
        {
            Lay();
            Guard();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NetworkNamespace Internet { get; }

    public NetworkNamespace Host { get; }

    public NetworkNamespace Blue { get; }

    public NetworkNamespace Green { get; }

    /// <summary>Loads the shipped rules.</summary>
    public void Guard()
    {
        string rules = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "configs", "transparent", "cagent.nft"));
        Assert.Contains("{ \"agents0\" }", rules, StringComparison.Ordinal);
        Host.Run(rules.Replace("{ \"agents0\" }", "{ \"blue0\", \"green0\" }", StringComparison.Ordinal), "nft", ["-f", "-"]);
    }

    /// <summary>Loads the shipped rules for iptables, in the place of the others.</summary>
    public void GuardWithIptables()
    {
        Unguard();
        foreach ((string command, string file) in new[] { ("iptables", "cagent.ipv4.rules"), ("ip6tables", "cagent.ipv6.rules") })
        {
            string rules = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "configs", "transparent", file));
            // One device a line: the lines of the agents' devices once for each.
            string all = string.Join('\n', rules.Split('\n').SelectMany(line => line.Contains("agents0 ", StringComparison.Ordinal) && !line.StartsWith('#')
                ? new[] { "blue0", "green0" }.Select(device => line.Replace("agents0", device, StringComparison.Ordinal))
                : [line]));
            Host.Run(all, $"{command}-restore", ["--noflush"]);
        }
    }

    /// <summary>The packets that the rules for iptables have dropped on their way to this machine or through it.</summary>
    public long CountWithIptables(string command) => Host.Run(command, "-nvxL").Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 2 && words[2] == "DROP")
        .Sum(words => long.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Back to the rules for nft.</summary>
    public void UnguardIptables()
    {
        foreach (string command in (string[])["iptables", "ip6tables"])
        {
            Host.Run(command, "-F");
            Host.Run(command, "-X");
            Host.Run(command, "-t", "nat", "-F");
        }

        Guard();
    }

    /// <summary>Takes the rules away: what a test then sees pass is what they stop.</summary>
    public void Unguard() => Host.Run("nft", "delete", "table", "inet", "cagent");

    /// <summary>Packets that a counter of the rules has seen.</summary>
    public long Count(string counter) =>
        long.Parse(Packets().Match(Host.Run("nft", "list", "counter", "inet", "cagent", counter)).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    public void Dispose()
    {
        Green.Dispose();
        Blue.Dispose();
        Host.Dispose();
        Internet.Dispose();
    }

    private void Lay()
    {
        Host.Connect("out0", Internet, "in0");
        Host.Connect("blue0", Blue, "eth0");
        Host.Connect("green0", Green, "eth0");
        // The proxy's machine routes, so that only the rules stand between an agent and the internet.
        Host.Run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        Host.AddAddress("100.64.9.1/30", "out0");
        Host.AddAddress("fd00:9::1/64", "out0");
        Internet.AddAddress("100.64.9.2/30", "in0");
        Internet.AddAddress("fd00:9::2/64", "in0");
        Host.AddRoute("default", "100.64.9.2");
        Host.AddRoute("default", "fd00:9::2");
        Internet.AddRoute("10.200.0.0/16", "100.64.9.1");
        Internet.AddRoute("fd00:c::/32", "fd00:9::1");
        AddAgent(Blue, "blue0", "10.200.0", "fd00:c");
        AddAgent(Green, "green0", "10.200.1", "fd00:c:1");
        Blue.AddAddress($"{NobodysAddress}/24", "eth0");
    }

    private void AddAgent(NetworkNamespace agent, string device, string network, string network6)
    {
        Host.AddAddress($"{network}.1/24", device);
        Host.AddAddress($"{network6}::1/64", device);
        agent.AddAddress($"{network}.2/24", "eth0");
        agent.AddAddress($"{network6}::2/64", "eth0");
        agent.AddRoute("default", $"{network}.1");
        agent.AddRoute("default", $"{network6}::1");
    }

    [GeneratedRegex(@"packets (\d+)")]
    private static partial Regex Packets();
}
