// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;
using Envoy.Service.Discovery.V3;

namespace Cagent.Xds.Streams;

/// <summary>Between the wire's messages and the plain types of the state machine.</summary>
internal static class DeltaMessages
{
    public static DeltaRequest Read(DeltaDiscoveryRequest message) => new()
    {
        TypeUrl = message.TypeUrl,
        Subscribe = message.ResourceNamesSubscribe,
        Unsubscribe = message.ResourceNamesUnsubscribe,
        InitialVersions = message.InitialResourceVersions,
        Nonce = message.ResponseNonce,
        Error = message.ErrorDetail?.Message,
    };

    /// <summary>The resources' bytes are shared by every stream; only the envelope is new.</summary>
    public static DeltaDiscoveryResponse Write(ResponsePart part)
    {
        var message = new DeltaDiscoveryResponse
        {
            TypeUrl = part.Type.TypeUrl,
            SystemVersionInfo = part.Revision,
            Nonce = part.Nonce,
        };
        message.RemovedResources.AddRange(part.Removed);
        foreach (XdsResource resource in part.Resources)
        {
            message.Resources.Add(resource.Wrapper);
        }

        return message;
    }
}
