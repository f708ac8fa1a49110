// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Http2;

/// <summary>A connection's ends, as its streams tell them.</summary>
internal sealed class ConnectionAddresses(ConnectionContext transport) : IHttpConnectionFeature
{
    public string ConnectionId
    {
        get => transport.ConnectionId;
        set => throw new NotSupportedException();
    }

    public IPAddress? RemoteIpAddress
    {
        get => (transport.RemoteEndPoint as IPEndPoint)?.Address;
        set => throw new NotSupportedException();
    }

    public int RemotePort
    {
        get => (transport.RemoteEndPoint as IPEndPoint)?.Port ?? 0;
        set => throw new NotSupportedException();
    }

    public IPAddress? LocalIpAddress
    {
        get => (transport.LocalEndPoint as IPEndPoint)?.Address;
        set => throw new NotSupportedException();
    }

    public int LocalPort
    {
        get => (transport.LocalEndPoint as IPEndPoint)?.Port ?? 0;
        set => throw new NotSupportedException();
    }
}
