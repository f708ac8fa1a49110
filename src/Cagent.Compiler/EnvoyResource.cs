// SPDX-License-Identifier: Apache-2.0
using Cagent.EnvoyApi;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cagent.Compiler;

/// <summary>
/// One xDS resource, encoded once: equal content is equal bytes, and what a later revision leaves alone keeps its very bytes. Immutable.
/// </summary>
public sealed class EnvoyResource
{
    internal EnvoyResource(string name, MessageDescriptor type, ByteString body)
    {
        Name = name;
        Type = type;
        Body = body;
    }

    /// <summary>The name inside the message; the wrapper on the wire must carry the same one (envoy-dynamics rule S6).</summary>
    public string Name { get; }

    /// <summary>The type of the message.</summary>
    public MessageDescriptor Type { get; }

    /// <summary>The serialised message, map entries in the order of their keys.</summary>
    public ByteString Body { get; }

    /// <summary>The type URL under which Envoy asks for it.</summary>
    public string TypeUrl => EnvoyTypes.TypeUrl(Type);

    /// <summary>The message, decoded anew at each call: for people and tests.</summary>
    public IMessage Message => Type.Parser.ParseFrom(Body);

    internal static EnvoyResource Of(string name, IMessage message) => new(name, message.Descriptor, EnvoyTypes.ToByteString(message));
}
