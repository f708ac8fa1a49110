// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Cagent.Xds.Load.Peers;

/// <summary>A server to measure: its xDS port, and the control port that tests/Cagent.Xds.ConformanceHost describes.</summary>
internal sealed record XdsPeer(string Name, IPEndPoint Xds, IPEndPoint Control)
{
    /// <summary>Reads <c>name=address:port,address:port</c>.</summary>
    public static XdsPeer Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string[] parts = text[(equals + 1)..].Split(',');
        return new XdsPeer(text[..equals], IPEndPoint.Parse(parts[0]), IPEndPoint.Parse(parts[1]));
    }
}
