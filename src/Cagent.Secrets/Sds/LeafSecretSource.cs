// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Secrets.Interception;
using Cagent.Xds.Nodes;
using Cagent.Xds.OnDemand;
using Cagent.Xds.Resources;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;

namespace Cagent.Secrets.Sds;

/// <summary>
/// Answers Envoy's on-demand SDS subscriptions: the secret's name is the raw SNI of a handshake, the secret a leaf for it.
/// Every answer is immediate, since an unanswered subscription hangs the handshake until its timeout. Thread safe.
/// </summary>
public sealed class LeafSecretSource : IOnDemandSource, IDisposable
{
    private readonly LeafCache _leaves;
    private readonly LeafHolders _holders;

    /// <summary>A source over the leaves of one cache.</summary>
    public LeafSecretSource(LeafCache leaves, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        ArgumentNullException.ThrowIfNull(time);
        _leaves = leaves;
        _holders = new LeafHolders(time);
        leaves.Renewed += OnRenewed;
        leaves.Removed += OnRemoved;
    }

    /// <inheritdoc/>
    public event Action<ImmutableArray<string>>? Changed;

    /// <inheritdoc/>
    public string TypeUrl => XdsType.Secret.TypeUrl;

    /// <summary>Every name without <c>@</c>: static secrets have one, which no SNI that we answer can hold.</summary>
    public bool Owns(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return !name.Contains('@', StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public ValueTask<XdsResource?> GetAsync(string name, NodeIdentity node, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(node);
        return ValueTask.FromResult(Find(name, node) is { } leaf ? ToResource(leaf.Name.Value, leaf) : null);
    }

    /// <summary>Stops following the cache.</summary>
    public void Dispose()
    {
        _leaves.Renewed -= OnRenewed;
        _leaves.Removed -= OnRemoved;
    }

    private Leaf? Find(string name, NodeIdentity node)
    {
        if (_holders.TakeOwed(name, node.Id))
        {
            return null;
        }
        // Asked again after a renewal or a reconnect: no handshake, so it does not count as use.
        if (_holders.Holds(name, node.Id) && SniName.TryParse(name, out HostName? host, out _) && _leaves.TryFind(host, out Leaf? held))
        {
            return held;
        }
        if (_leaves.Get(name).Leaf is not { } leaf)
        {
            return null;
        }
        _holders.Add(name, node.Id);
        return leaf;
    }

    private void OnRenewed(ImmutableArray<HostName> names) => Changed?.Invoke([.. names.Select(name => name.Value)]);

    private void OnRemoved(ImmutableArray<HostName> names)
    {
        foreach (HostName name in names)
        {
            _holders.Drop(name.Value);
        }
        Changed?.Invoke([.. names.Select(name => name.Value)]);
    }

    internal static XdsResource ToResource(string name, Leaf leaf) => XdsResource.Create(
        XdsType.Secret.TypeUrl,
        name,
        new Secret
        {
            Name = name,
            TlsCertificate = new TlsCertificate
            {
                CertificateChain = new DataSource { InlineBytes = ByteString.CopyFromUtf8(leaf.ChainPem) },
                PrivateKey = new DataSource { InlineBytes = ByteString.CopyFromUtf8(leaf.KeyPem.Reveal()) },
            },
        });
}
