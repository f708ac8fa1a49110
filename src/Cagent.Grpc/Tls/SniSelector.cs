// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;

namespace Cagent.Grpc.Tls;

/// <summary>Finds the certificate for the name that a client asks for: the exact name, then a wildcard for its first label, then the default.</summary>
internal sealed class SniSelector(CertificateStore fallback, IReadOnlyDictionary<string, CertificateStore> byName)
{
    private readonly FrozenDictionary<string, CertificateStore> _byName = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public CertificateStore Select(string? serverName)
    {
        if (string.IsNullOrEmpty(serverName) || _byName.Count == 0)
        {
            return fallback;
        }

        if (_byName.TryGetValue(serverName, out CertificateStore? exact))
        {
            return exact;
        }

        int dot = serverName.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byName.TryGetValue("*" + serverName[dot..], out CertificateStore? wildcard) ? wildcard : fallback;
    }
}
