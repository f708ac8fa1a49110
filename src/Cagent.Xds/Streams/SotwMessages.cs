// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;
using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Xds.Streams;

/// <summary>Between the wire's state-of-the-world messages and the plain types of the state machine.</summary>
internal static class SotwMessages
{
    public static IncomingRequest Read(DiscoveryRequest message) => new(message.Node, new SotwRequest
    {
        TypeUrl = message.TypeUrl,
        Names = message.ResourceNames,
        VersionInfo = message.VersionInfo,
        Nonce = message.ResponseNonce,
        Error = message.ErrorDetail?.Message,
    }, message.CalculateSize());

    /// <summary>A response without its nonce; the resources' bytes are shared by every stream.</summary>
    public static DiscoveryResponse WriteBody(ResponsePart part)
    {
        var message = new DiscoveryResponse { TypeUrl = part.Type.TypeUrl, VersionInfo = part.VersionInfo };
        foreach (XdsResource resource in part.Resources)
        {
            message.Resources.Add(part.HasTtl ? Any.Pack(resource.Wrap(part.VersionInfo, !part.IsHeartbeat)) : resource.Wrapper.Resource_);
        }

        return message;
    }
}
