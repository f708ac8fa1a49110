// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Clients;

/// <summary>How a <see cref="KeepAliveLoad"/> runs.</summary>
public sealed record LoadOptions
{
    /// <summary>The address that every request asks for.</summary>
    public required Uri Address { get; init; }

    /// <summary>Connections, each kept alive and used by one worker; default 4.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Requests per second of all connections together; default 50. A worker that is late sends at once until it has caught up.</summary>
    public double Rate { get; init; } = 50;

    /// <summary>The load ends by itself after this; default 5 min.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>TLS trust, HTTP version and time limit of the clients.</summary>
    public ProxyHttpOptions Http { get; init; } = new();

    /// <summary>What counts as success; default status 200.</summary>
    public Func<HttpResponseMessage, bool> IsSuccess { get; init; } = response => (int)response.StatusCode == 200;
}
