// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;
using Envoy.Service.Discovery.V3;

namespace Cagent.Xds.Streams;

/// <summary>Between the wire's delta messages and the plain types of the state machine.</summary>
internal static class DeltaMessages
{
    public static IncomingRequest Read(DeltaDiscoveryRequest message) => new(message.Node, new DeltaRequest
    {
        TypeUrl = message.TypeUrl,
        Subscribe = message.ResourceNamesSubscribe,
        Unsubscribe = message.ResourceNamesUnsubscribe,
        InitialVersions = message.InitialResourceVersions,
        Nonce = message.ResponseNonce,
        Error = message.ErrorDetail?.Message,
    }, message.CalculateSize());

    /// <summary>A response without its nonce; the resources' bytes are shared by every stream.</summary>
    public static DeltaDiscoveryResponse WriteBody(ResponsePart part)
    {
        var message = new DeltaDiscoveryResponse
        {
            TypeUrl = part.Type.TypeUrl,
            SystemVersionInfo = part.Revision,
        };
        message.RemovedResources.AddRange(part.Removed);
        foreach (XdsResource resource in part.Resources)
        {
            message.Resources.Add(part.HasTtl ? resource.Wrap(resource.Version, !part.IsHeartbeat) : resource.Wrapper);
        }

        return message;
    }
}
