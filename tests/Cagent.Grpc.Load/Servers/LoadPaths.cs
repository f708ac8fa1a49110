// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Load.Servers;

/// <summary>
/// What every peer answers. Messages are plain bytes on both sides, so that transports are compared and not serializers.
/// </summary>
internal static class LoadPaths
{
    public const string Service = "load.v1.Load";

    /// <summary>Gives the request back.</summary>
    public const string Unary = "/" + Service + "/Unary";

    /// <summary>Request: count and size, four bytes big-endian each. Response: so many messages of that size.</summary>
    public const string ServerStream = "/" + Service + "/ServerStream";

    /// <summary>Gives each message back at once.</summary>
    public const string Bidi = "/" + Service + "/Bidi";

    /// <summary>Gives an empty message at once and then every push, until the client goes.</summary>
    public const string Subscribe = "/" + Service + "/Subscribe";

    /// <summary>Request: size. Starts to send a message of that size to all subscribers and answers without waiting for them.</summary>
    public const string Push = "/" + Service + "/Push";

    /// <summary>Response: bytes allocated since the start, and bytes of live heap, eight bytes big-endian each; 0 where unknown.</summary>
    public const string Stats = "/" + Service + "/Stats";

    /// <summary>Envoy's question. Not of every peer: see <c>tests/authz-bench</c>.</summary>
    public const string Check = "/envoy.service.auth.v3.Authorization/Check";

    /// <summary>Request: a whole CheckResponse. From now on every <see cref="Check"/> is answered like it.</summary>
    public const string Answer = "/" + Service + "/Answer";
}
