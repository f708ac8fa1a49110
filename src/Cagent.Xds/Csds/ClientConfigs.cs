// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;
using Cagent.Xds.Streams;
using Cagent.Xds.Subscriptions;
using Envoy.Admin.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Service.Status.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Cagent.Xds.Csds;

/// <summary>Makes a status response of the streams' reports: one client for each node, whatever its number of streams.</summary>
/// <param name="excludeContents">Whether to leave the resources' bodies out.</param>
/// <param name="maxBytes">The limit of the response.</param>
internal sealed class ClientConfigs(bool excludeContents, int maxBytes)
{
    private readonly Dictionary<string, ClientConfig> _clients = new(StringComparer.Ordinal);
    private readonly HashSet<(string Node, string TypeUrl, string Name)> _told = [];
    private long _bytes;

    public ClientStatusResponse Response { get; } = new();

    /// <summary>Adds a stream; of two that tell about the same resource the first one counts, so the newest comes first.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the response is too large.</exception>
    public void Add(XdsStream stream, ImmutableArray<ResourceReport> report)
    {
        ClientConfig client = ClientOf(stream);
        foreach (ResourceReport resource in report)
        {
            if (_told.Add((client.Node.Id, resource.Type.TypeUrl, resource.State.Name)))
            {
                Add(client, Describe(resource, stream.ConnectedSince));
            }
        }
    }

    /// <summary>Adds a stream whose loop waits for its client to read: what it last told of its types, without names.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the response is too large.</exception>
    public void AddStalled(XdsStream stream)
    {
        ClientConfig client = ClientOf(stream);
        foreach (TypeStatus type in stream.CurrentStatus?.Types ?? [])
        {
            Add(client, new ClientConfig.Types.GenericXdsConfig { TypeUrl = type.TypeUrl, ConfigStatus = ConfigStatus.Stale });
        }
    }

    private ClientConfig ClientOf(XdsStream stream)
    {
        string id = stream.NodeMessage!.Id;
        if (!_clients.TryGetValue(id, out ClientConfig? client))
        {
            client = new ClientConfig { Node = stream.NodeMessage };
            _clients.Add(id, client);
            Response.Config.Add(client);
            Count(client);
        }

        return client;
    }

    private void Add(ClientConfig client, ClientConfig.Types.GenericXdsConfig config)
    {
        Count(config);
        client.GenericXdsConfigs.Add(config);
    }

    private void Count(IMessage message)
    {
        // Tag and length of the message, generously.
        _bytes += message.CalculateSize() + 8;
        if (_bytes > maxBytes)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted, "the status is too large: narrow it by node_matchers, or set exclude_resource_contents"));
        }
    }

    private ClientConfig.Types.GenericXdsConfig Describe(ResourceReport report, DateTimeOffset connectedSince)
    {
        ResourceState state = report.State;
        var config = new ClientConfig.Types.GenericXdsConfig
        {
            TypeUrl = report.Type.TypeUrl,
            Name = state.Name,
            VersionInfo = state.Version,
            ConfigStatus = Translate(state.Config),
            ClientStatus = Translate(state.Client),
        };
        if (state.SentSecond is { } second)
        {
            config.LastUpdated = Timestamp.FromDateTimeOffset(connectedSince.AddSeconds(second));
        }

        if (state.Rejection is { } rejection)
        {
            config.ErrorState = new UpdateFailureState { Details = rejection.Text, VersionInfo = rejection.Version };
            if (rejection.Time != default)
            {
                config.ErrorState.LastUpdateAttempt = Timestamp.FromDateTimeOffset(rejection.Time);
            }
        }

        if (!excludeContents && state.Resource is { } resource)
        {
            config.XdsConfig = Contents(report.Type, resource);
        }

        return config;
    }

    // Of a secret nothing but its name: whatever form it has, no part of it is left over.
    private static Any Contents(XdsType type, XdsResource resource) => type == XdsType.Secret
        ? new Any { TypeUrl = type.TypeUrl, Value = new Secret { Name = resource.Name }.ToByteString() }
        : resource.Wrapper.Resource_;

    private static ConfigStatus Translate(ConfigProgress progress) => progress switch
    {
        ConfigProgress.NotSent => ConfigStatus.NotSent,
        ConfigProgress.Stale => ConfigStatus.Stale,
        ConfigProgress.Synced => ConfigStatus.Synced,
        ConfigProgress.Rejected => ConfigStatus.Error,
        _ => ConfigStatus.Unknown,
    };

    private static ClientResourceStatus Translate(ClientProgress progress) => progress switch
    {
        ClientProgress.Requested => ClientResourceStatus.Requested,
        ClientProgress.DoesNotExist => ClientResourceStatus.DoesNotExist,
        ClientProgress.Accepted => ClientResourceStatus.Acked,
        ClientProgress.Rejected => ClientResourceStatus.Nacked,
        _ => ClientResourceStatus.Unknown,
    };
}
