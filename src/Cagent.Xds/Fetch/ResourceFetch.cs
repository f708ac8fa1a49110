// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Cagent.Xds.Authorization;
using Cagent.Xds.Nodes;
using Cagent.Xds.Ordering;
using Cagent.Xds.Resources;
using Cagent.Xds.Streams;
using Cagent.Xds.Subscriptions;
using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Cagent.Xds.Fetch;

/// <summary>
/// Answers single requests for a type: the state now, without subscription, order or memory, under the same checks and bounds
/// as a stream. A client that asks again and again is told when nothing changed. Thread safe.
/// </summary>
/// <param name="scope">The limits, sources and snapshots.</param>
/// <param name="stopping">Set when the server stops.</param>
internal sealed class ResourceFetch(StreamScope scope, CancellationToken stopping)
{
    private static readonly Status TooManyFetches = new(StatusCode.ResourceExhausted, "too many requests at the same time");
    private static readonly Status NoSnapshot = new(StatusCode.Unavailable, "there is no state for this node yet");
    private int _running;

    /// <returns>Null when the state has the version that the request names.</returns>
    /// <exception cref="RpcException">The request is refused; the status says why.</exception>
    public async Task<DiscoveryResponse?> FetchAsync(XdsType type, DiscoveryRequest request, XdsCaller caller, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            Refuse(stopping.IsCancellationRequested ? StreamStatus.Stopping : null);
            Refuse(Interlocked.Increment(ref _running) > scope.Options.MaxConcurrentFetches ? TooManyFetches : null);
            return await AnswerAsync(type, request, caller, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw new RpcException(StreamStatus.Stopping);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<DiscoveryResponse?> AnswerAsync(XdsType type, DiscoveryRequest request, XdsCaller caller, CancellationToken cancellationToken)
    {
        var claim = new NodeClaim();
        Refuse(claim.Check(request.Node, scope.Options.MaxNameLength) ?? FindExcess(type, request));
        NodeIdentity node = claim.Node!;
        Refuse(await scope.Admission.RefuseNodeAsync(node, caller, cancellationToken).ConfigureAwait(false));
        Refuse(claim.Judge(request.Node, scope.Capabilities));
        node = claim.Node!;
        var overlay = new NodeOverlay(scope.Options, scope.Logger);
        Refuse(overlay.Ask(node, claim.Message!));
        Refuse(scope.Census.TryEnter(node.Id, scope.Options.MaxStreamsPerNode) ? null : StreamStatus.TooManyStreams);
        try
        {
            if (overlay.On(scope.Events.LatestFor(node), node) is not { } published)
            {
                throw new RpcException(NoSnapshot);
            }

            IReadOnlyList<XdsResource> resources = await FindAsync(type, request, node, published, cancellationToken).ConfigureAwait(false);
            scope.Metrics.Request(type.ShortName, "fetch");
            return Write(type, request, resources);
        }
        finally
        {
            scope.Census.Leave(node.Id);
        }
    }

    private Status? FindExcess(XdsType type, DiscoveryRequest request)
    {
        if (request.TypeUrl.Length > 0 && request.TypeUrl != type.TypeUrl)
        {
            return StreamStatus.TypeForeign;
        }

        if (request.CalculateSize() > scope.Options.MaxRequestBytes)
        {
            return StreamStatus.RequestTooLarge;
        }

        if (request.ResourceNames.Count > scope.Options.MaxNamesPerSubscription)
        {
            return StreamStatus.TooManyNames;
        }

        return request.ResourceNames.Any(name => name.Length > scope.Options.MaxNameLength) ? StreamStatus.NameTooLong : null;
    }

    // In ordinal order of their names.
    private async Task<IReadOnlyList<XdsResource>> FindAsync(
        XdsType type, DiscoveryRequest request, NodeIdentity node, PublishedSnapshot published, CancellationToken cancellationToken)
    {
        XdsResourceSet set = published.Snapshot.Of(type.TypeUrl);
        SortedSet<string> names = new(request.ResourceNames.Where(name => name.Length > 0), StringComparer.Ordinal);
        bool isWildcard = names.Count == 0 || names.Remove(Subscription.WildcardName);
        SortedDictionary<string, XdsResource> found = new(StringComparer.Ordinal);
        if (isWildcard)
        {
            foreach (XdsResource resource in set.Sorted)
            {
                found[resource.Name] = resource;
            }
        }

        List<string> absent = [];
        foreach (string name in names)
        {
            if (set.TryGet(name, out XdsResource? resource))
            {
                found[name] = resource;
            }
            else if (scope.Sources.Find(type.TypeUrl, name) is not null)
            {
                absent.Add(name);
            }
        }

        foreach (string[] some in absent.Chunk(scope.Options.MaxConcurrentOnDemand))
        {
            foreach (XdsResource? made in await Task.WhenAll(some.Select(name => AskAsync(type, name, node, cancellationToken))).ConfigureAwait(false))
            {
                if (made is not null)
                {
                    found[made.Name] = made;
                }
            }
        }

        ReplaceRejected(type, node, found);
        return [.. found.Values];
    }

    private async Task<XdsResource?> AskAsync(XdsType type, string name, NodeIdentity node, CancellationToken cancellationToken)
    {
        try
        {
            return await scope.Sources.GetAsync(type, name, node, scope.Options.OnDemandTimeout, scope.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever a source throws: the name does not exist for now.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            scope.Logger.OnDemandFailed(node.Id, type.ShortName, ClientText.Name(name), exception);
            return null;
        }
    }

    // What the node rejected on a stream it does not get here either, as far as something better is known.
    private void ReplaceRejected(XdsType type, NodeIdentity node, SortedDictionary<string, XdsResource> found)
    {
        foreach ((string name, Rejection rejection) in scope.Rejections.Of(node.Id, type.TypeUrl))
        {
            if (rejection.LastGood is { } good && found.TryGetValue(name, out XdsResource? resource) && resource.Version == rejection.Version)
            {
                found[name] = good;
            }
        }
    }

    private static DiscoveryResponse? Write(XdsType type, DiscoveryRequest request, IReadOnlyList<XdsResource> resources)
    {
        // Over what is in the answer, not over the type: a request for more names at the type's version must get them.
        string version = XdsResourceSet.Hash(resources);
        var features = request.Node.ClientFeatures;
        bool hasTtl = features.Contains(XdsStream.TtlFeature) && features.Contains(XdsStream.SotwTtlFeature)
            && resources.Any(resource => resource.Ttl is not null);

        // With a time to live the answer is the heartbeat, so it is given every time.
        if (version == request.VersionInfo && !hasTtl)
        {
            return null;
        }

        var response = new DiscoveryResponse
        {
            TypeUrl = type.TypeUrl,
            VersionInfo = version,
            Nonce = new NonceSource(BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)))).Next(),
        };
        foreach (XdsResource resource in resources)
        {
            response.Resources.Add(hasTtl ? Any.Pack(resource.Wrap(version, withBody: true)) : resource.Wrapper.Resource_);
        }

        return response;
    }

    private static void Refuse(Status? refusal)
    {
        if (refusal is { } status)
        {
            throw new RpcException(status);
        }
    }
}
