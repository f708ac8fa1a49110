// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Cagent.Load.Overhead;

/// <summary>One way from the client to the origin.</summary>
/// <param name="Name">Its column in the report.</param>
/// <param name="Host">The host that is asked for.</param>
/// <param name="Proxy">The proxy, or null for none.</param>
/// <param name="Port">The origin's port.</param>
/// <param name="Trust">Whom the client trusts.</param>
/// <param name="Envoy">The Envoy on it, or null.</param>
/// <param name="Cagent">The Cagent on it, or null.</param>
internal sealed record Way(string Name, string Host, IPEndPoint? Proxy, int Port, X509Certificate2Collection Trust, int? Envoy = null, int? Cagent = null)
{
    public Uri At(string path) => new($"https://{Host}:{Port}{path}");

    /// <summary>Processor time so far.</summary>
    public (TimeSpan Envoy, TimeSpan Cagent) Cpu() => (Of(Envoy), Of(Cagent));

    private static TimeSpan Of(int? id) => id is { } known ? ProcessReading.Of(known).Cpu : TimeSpan.Zero;
}
