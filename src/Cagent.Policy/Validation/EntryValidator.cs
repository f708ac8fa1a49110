// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges one entry and fills in the defaults.</summary>
internal sealed class EntryValidator(PolicyConfig policy, FilePaths paths, CredentialUseValidator credentials, DiagnosticBag bag)
{
    private readonly HostValidator _hosts = new(bag);
    private readonly TlsValidator _tls = new(bag);
    private readonly RuleValidator _rules = new(bag);
    private readonly AddressValidator _addresses = new(bag);
    private readonly NameAdvice _advice = new(bag);
    private readonly LimitValidator _limits = new(bag);
    private readonly AliasValidator _aliases = new(bag);
    private readonly RateLimit? _defaultRateLimit = new LimitValidator(bag).Validate(policy.Defaults.RateLimit);

    /// <summary>The entry; null when its host or port cannot be read. Other errors leave it standing, so that more can be found.</summary>
    public PolicyEntry? Validate(DomainConfig config)
    {
        if (config.Known is { } known)
        {
            credentials.MarkUsed(known.Credential);
            return known;
        }

        Scheme scheme = config.Scheme?.Value ?? Scheme.Https;
        HostPattern? host = _hosts.ReadHost(config);
        Port? port = _hosts.ReadPort(config, scheme);
        TlsMode tls = scheme == Scheme.Http ? TlsMode.Intercept : config.Tls?.Mode?.Value ?? policy.Defaults.Tls?.Mode?.Value ?? TlsMode.Intercept;
        EntryContext context = new(config, host, scheme, tls);

        _tls.Validate(context);
        ValidateWebSocket(context);
        RuleLists rules = _rules.Validate(config);
        CredentialUse? credential = credentials.Validate(context);
        ImmutableArray<AddressRange> addresses = _addresses.Validate(context);
        _hosts.ValidateAddressHost(context, addresses);
        if (port is not null)
        {
            _advice.Report(context, port.Value);
        }

        RateLimit? rateLimit = _limits.Validate(config.RateLimit) ?? _defaultRateLimit;
        HostName? alias = _aliases.Validate(context);
        string? trustedCa = paths.Resolve(config.Tls?.TrustedCa, bag);
        TimeSpan timeout = (config.Timeout ?? policy.Defaults.Timeout)?.Value ?? TimeSpan.FromSeconds(30);
        TimeSpan idleTimeout = (config.IdleTimeout ?? policy.Defaults.IdleTimeout)?.Value ?? TimeSpan.FromMinutes(10);
        if (tls != TlsMode.Passthrough)
        {
            _limits.ValidateTimeouts(config, policy.Defaults, timeout, idleTimeout);
        }

        return host is null || port is null ? null : new PolicyEntry(new EntryKey(host, port.Value), scheme, config.Location)
        {
            Tls = tls,
            TrustedCa = trustedCa,
            TrustedCaLocation = trustedCa is null ? null : config.Tls?.TrustedCa?.Location,
            Allow = rules.Allow,
            Deny = rules.Deny,
            ReadOnly = config.ReadOnly is { Value: true },
            Credential = credential,
            Addresses = addresses,
            Timeout = timeout,
            IdleTimeout = idleTimeout,
            WebSocket = config.WebSocket is { Value: true },
            RateLimit = rateLimit,
            MaxRequestBody = (config.MaxRequestBody ?? (tls == TlsMode.Passthrough ? null : policy.Defaults.MaxRequestBody))?.Value,
            Alias = alias,
            Resilience = _limits.ValidateResilience(context, policy.Defaults.Resilience),
            ExpiresAt = config.ExpiresAt?.Value,
            Description = config.Description?.Value,
        };
    }

    private void ValidateWebSocket(EntryContext context)
    {
        if (context.Config.WebSocket is { Value: true } webSocket && context.IsWildcard)
        {
            bag.Error(
                DiagnosticCodes.NotSupported, "\"websocket\" is not supported by this build for wildcards", webSocket.Location, webSocket.KeyPath, "write an entry for each host that needs it");
        }
    }
}
