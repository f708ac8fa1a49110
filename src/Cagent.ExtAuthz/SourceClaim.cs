// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Compiler.Envoy;

namespace Cagent.ExtAuthz;

/// <summary>What Envoy says of a connection whose filter chain is no agent's own. Only the certificate's names are the agent's words, and they stand last.</summary>
/// <param name="Listener">The named listener that it came to; null for the proxy's own and for the one of certificates.</param>
/// <param name="Address">Where it comes from; null where a Unix socket says nothing of it.</param>
/// <param name="SpiffeId">The ID in its certificate; null when it had to show none.</param>
internal sealed record SourceClaim(string? Listener, IPAddress? Address, string? SpiffeId)
{
    /// <summary>Reads what the filter chain says; null for anything that is not exactly of one of the two forms, a certificate with two names too.</summary>
    public static SourceClaim? Parse(string source)
    {
        if (source.StartsWith(EnvoyNames.TokenSource, StringComparison.Ordinal))
        {
            string said = source[EnvoyNames.TokenSource.Length..];
            int at = said.IndexOf('@', StringComparison.Ordinal);
            return TryReadAddress(said[(at + 1)..], out IPAddress? from) ? new SourceClaim(at < 0 ? null : said[..at], from, null) : null;
        }

        string[] parts = source.StartsWith(EnvoyNames.SpiffeSource, StringComparison.Ordinal) ? source[EnvoyNames.SpiffeSource.Length..].Split('@', 3) : [];
        return parts is [string listener, string place, string id] && Compiler.Lowering.SpiffeId.IsValid(id) && TryReadAddress(place, out IPAddress? address)
            ? new SourceClaim(listener.Length == 0 ? null : listener, address, id)
            : null;
    }

    private static bool TryReadAddress(string text, out IPAddress? address) => IPAddress.TryParse(text, out address) || text == EnvoyNames.LocalPlace;
}
