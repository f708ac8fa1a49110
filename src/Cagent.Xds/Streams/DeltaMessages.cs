// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;
using Envoy.Service.Discovery.V3;

namespace Cagent.Xds.Streams;

/// <summary>Between the wire's messages and the plain types of the state machine.</summary>
internal static class DeltaMessages
{
    private const int LengthDelimited = 2;

    public static DeltaRequest Read(DeltaDiscoveryRequest message) => new()
    {
        TypeUrl = message.TypeUrl,
        Subscribe = message.ResourceNamesSubscribe,
        Unsubscribe = message.ResourceNamesUnsubscribe,
        InitialVersions = message.InitialResourceVersions,
        Nonce = message.ResponseNonce,
        Error = message.ErrorDetail?.Message,
    };

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
            message.Resources.Add(resource.Wrapper);
        }

        return message;
    }

    /// <summary>The field of the nonce, which may stand behind all others.</summary>
    public static ReadOnlyMemory<byte> WriteNonce(string nonce)
    {
        byte[] field = new byte[2 + nonce.Length];
        field[0] = (DeltaDiscoveryResponse.NonceFieldNumber << 3) | LengthDelimited;
        field[1] = (byte)nonce.Length;
        Encoding.ASCII.GetBytes(nonce, field.AsSpan(2));
        return field;
    }
}
