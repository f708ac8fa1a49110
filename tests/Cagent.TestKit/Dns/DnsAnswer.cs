// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;

namespace Cagent.TestKit.Dns;

/// <summary>What the server says about one name: a code with addresses, or nothing at all.</summary>
public sealed record DnsAnswer
{
    /// <summary>The time to live that records get unless a test says otherwise.</summary>
    public static readonly TimeSpan DefaultTtl = TimeSpan.FromSeconds(5);

    /// <summary>NXDOMAIN.</summary>
    public static DnsAnswer NameError { get; } = new() { Code = DnsCode.NameError };

    /// <summary>SERVFAIL.</summary>
    public static DnsAnswer ServerFailure { get; } = new() { Code = DnsCode.ServerFailure };

    /// <summary>REFUSED.</summary>
    public static DnsAnswer Refused { get; } = new() { Code = DnsCode.Refused };

    /// <summary>No answer is sent, ever.</summary>
    public static DnsAnswer Silence { get; } = new() { IsSilent = true };

    /// <summary>The response code.</summary>
    public DnsCode Code { get; init; }

    /// <summary>IPv4 addresses answer A queries, IPv6 addresses AAAA queries. Neither: the answer is empty.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>Time to live in whole seconds; 0 is allowed.</summary>
    public TimeSpan Ttl { get; init; } = DefaultTtl;

    /// <summary>The query is logged and dropped.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Addresses with the default time to live.</summary>
    public static DnsAnswer Of(params IPAddress[] addresses) => new() { Addresses = [.. addresses] };

    /// <summary>Addresses with a time to live.</summary>
    public static DnsAnswer Of(TimeSpan ttl, params IPAddress[] addresses) => new() { Addresses = [.. addresses], Ttl = ttl };
}
