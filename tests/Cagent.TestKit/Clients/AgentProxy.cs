// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Cagent.TestKit.Sockets;

namespace Cagent.TestKit.Clients;

/// <summary>The proxy as an agent knows it: its address and the agent's own credentials. <see cref="ToString"/> shows the address only.</summary>
public sealed class AgentProxy
{
    /// <summary>A proxy without credentials, in the host's network.</summary>
    public AgentProxy(IPEndPoint endPoint) => EndPoint = endPoint;

    /// <summary>Where the proxy listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The value of <c>proxy-authorization</c>, sent with the first request; null sends none.</summary>
    public string? Authorization { get; init; }

    /// <summary>Makes the client's sockets.</summary>
    public ISocketFactory Sockets { get; init; } = HostSockets.Instance;

    /// <summary>The Unix socket where the proxy listens instead; null is <see cref="EndPoint"/>.</summary>
    public string? SocketPath { get; init; }

    /// <summary>How TLS is spoken to the proxy itself; null speaks none.</summary>
    public TlsClientOptions? Tls { get; init; }

    /// <summary>Looks through all that comes back; null does not.</summary>
    public ByteWatch? Watch { get; init; }

    /// <summary>The value of <c>proxy-authorization</c> for a name and a password or token.</summary>
    public static string Basic(string user, string password) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    /// <inheritdoc/>
    public override string ToString() => EndPoint.ToString();
}
