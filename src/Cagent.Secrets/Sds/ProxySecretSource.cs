// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using Cagent.Secrets.Interception;
using Cagent.Xds.Nodes;
using Cagent.Xds.OnDemand;
using Cagent.Xds.Resources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cagent.Secrets.Sds;

/// <summary>
/// The certificate that the proxy shows to agents that speak TLS to it: of the interception CA, which they trust already. Made anew at half of its
/// life and whenever the CA is another one; connections that are open go on. Thread safe.
/// </summary>
public sealed class ProxySecretSource : IOnDemandSource, IDisposable
{
    /// <summary>The secret's name. It has an <c>@</c>, so no agent can ask for it by a server name.</summary>
    public const string Name = "proxy@cagent";

    private readonly LeafIssuer _issuer;
    private readonly ImmutableArray<string> _names;
    private readonly TimeProvider _time;
    private readonly ILogger<ProxySecretSource> _logger;
    private readonly ITimer _timer;
    private volatile Made? _made;

    /// <summary>A source over one issuer. Options are read once.</summary>
    public ProxySecretSource(LeafIssuer issuer, IOptions<SecretsOptions> options, TimeProvider time, ILogger<ProxySecretSource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _issuer = issuer;
        _names = options.Value.ProxyNames;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(_ => Check(), null, options.Value.Leaves.RealCheckInterval, options.Value.Leaves.RealCheckInterval);
    }

    /// <inheritdoc/>
    public event Action<ImmutableArray<string>>? Changed;

    /// <inheritdoc/>
    public string TypeUrl => XdsType.Secret.TypeUrl;

    /// <inheritdoc/>
    public bool Owns(string name) => name == Name;

    /// <inheritdoc/>
    public ValueTask<XdsResource?> GetAsync(string name, NodeIdentity node, CancellationToken cancellationToken)
    {
        Made? made = _made;
        if (made is null || IsDue(made))
        {
            // Two that ask at the same time may make two: either is good.
            _made = made = Make();
        }

        return ValueTask.FromResult(made is null ? null : LeafSecretSource.ToResource(Name, made.Leaf));
    }

    /// <summary>Stops renewing.</summary>
    public void Dispose() => _timer.Dispose();

    private bool IsDue(Made made) => made.Authority != _issuer.AuthorityId
        || _time.GetUtcNow() >= made.Leaf.NotBefore + ((made.Leaf.NotAfter - made.Leaf.NotBefore) / 2);

    private Made? Make()
    {
        string authority = _issuer.AuthorityId;
        try
        {
            if (!_names.IsEmpty && _issuer.TryIssueProxy(_names) is { } leaf)
            {
                return new Made(leaf, authority);
            }

            SecretsLog.LeafNotMinted(_logger, Name);
        }
        catch (CryptographicException e)
        {
            SecretsLog.MintingFailed(_logger, e);
        }

        return _made; // the old one is good for the other half of its life
    }

    private void Check()
    {
        if (_made is { } made && IsDue(made))
        {
            Changed?.Invoke([Name]);
        }
    }

    private sealed record Made(Leaf Leaf, string Authority);
}
