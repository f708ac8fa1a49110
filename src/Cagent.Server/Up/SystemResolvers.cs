// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;

namespace Cagent.Server.Up;

/// <summary>The host's own DNS servers, for a policy without <c>dns.upstream</c>.</summary>
internal static class SystemResolvers
{
    private const int DnsPort = 53;

    /// <summary>What resolv.conf(5) means when it names nobody.</summary>
    private static readonly ImmutableArray<IPEndPoint> Default = [new IPEndPoint(IPAddress.Loopback, DnsPort)];

    public static ImmutableArray<IPEndPoint> Read(string path = "/etc/resolv.conf")
    {
        try
        {
            return Parse(File.ReadLines(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Default;
        }
    }

    public static ImmutableArray<IPEndPoint> Parse(IEnumerable<string> lines)
    {
        ImmutableArray<IPEndPoint> found =
        [
            .. lines.Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length >= 2 && words[0] == "nameserver" && IPAddress.TryParse(words[1], out _))
                .Select(words => new IPEndPoint(IPAddress.Parse(words[1]), DnsPort)),
        ];
        return found.IsEmpty ? Default : found;
    }
}
