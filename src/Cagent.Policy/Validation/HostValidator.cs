// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges the host and port of an entry.</summary>
internal sealed class HostValidator(DiagnosticBag bag)
{
    public HostPattern? ReadHost(DomainConfig config)
    {
        if (config.Domain is not { } domain)
        {
            return null;
        }

        if (HostPattern.TryParse(domain.Value, out HostPattern? host, out string? problem))
        {
            return host;
        }

        bag.Error(DiagnosticCodes.BadHost, $"the domain {problem}", domain.Location, domain.KeyPath, HintFor(domain.Value));
        return null;
    }

    public Port? ReadPort(DomainConfig config, Scheme scheme)
    {
        if (config.Port is not { } written)
        {
            return scheme == Scheme.Http ? Port.Http : Port.Https;
        }

        if (Port.TryCreate(written.Value, out Port port))
        {
            return port;
        }

        bag.Error(DiagnosticCodes.BadPort, "the port is outside 1 to 65535", written.Location, written.KeyPath);
        return null;
    }

    /// <summary>An address as host needs plain HTTP, and needs itself to be reachable.</summary>
    public void ValidateAddressHost(EntryContext context, ImmutableArray<AddressRange> addresses)
    {
        if (context.Host is not { IsWildcard: false, Suffix: { IsAddress: true } host } || context.Config.Domain is not { } domain)
        {
            return;
        }

        if (context.Scheme == Scheme.Https)
        {
            bag.Error(
                DiagnosticCodes.AddressAsHost, "an address cannot be reached over TLS here: a client sends no server name for it, so there is nothing to verify", domain.Location, domain.KeyPath, "write the host's name, or set scheme: http");
        }
        else if (ForbiddenAddresses.IsForbidden(host.Address) && !addresses.Any(range => range.Contains(host.Address)))
        {
            bag.Error(
                DiagnosticCodes.AddressAsHost, "the address is not public and no \"addresses\" opens it", domain.Location, domain.KeyPath, $"add addresses: [{host}/{host.Address.GetAddressBytes().Length * 8}]");
        }
    }

    private static string? HintFor(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            return Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && HostName.TryParse(uri.Host, out HostName? host, out _)
                ? $"write domain: {host}"
                : "write the host alone";
        }

        return HostPort.TryParse(text, null, out HostPort? authority, out _) ? $"write domain: {authority.Host} and port: {authority.Port}" : null;
    }
}
