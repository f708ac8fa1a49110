// SPDX-License-Identifier: Apache-2.0
using Cagent.EnvoyApi;
using Envoy.Config.Core.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using HttpFilter = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpFilter;
using ListenerFilter = Envoy.Config.Listener.V3.ListenerFilter;
using NetworkFilter = Envoy.Config.Listener.V3.Filter;

namespace Cagent.Compiler.Envoy;

/// <summary>A message packed under a name, in the three shapes that Envoy has for it.</summary>
internal static class TypedConfig
{
    /// <summary>Packs with deterministic bytes: maps would otherwise come in any order, and with them the version.</summary>
    public static Any Pack(IMessage message) => EnvoyTypes.Pack(message);

    public static TypedExtensionConfig Extension(string name, IMessage message) => new() { Name = name, TypedConfig = Pack(message) };

    public static HttpFilter Http(string name, IMessage message) => new() { Name = name, TypedConfig = Pack(message) };

    public static NetworkFilter Network(string name, IMessage message) => new() { Name = name, TypedConfig = Pack(message) };

    public static ListenerFilter Listener(string name, IMessage message) => new() { Name = name, TypedConfig = Pack(message) };

    public static TransportSocket Socket(string name, IMessage message) => new() { Name = name, TypedConfig = Pack(message) };
}
