// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Subscriptions;
using Envoy.Config.Core.V3;

namespace Cagent.Xds.Streams;

/// <summary>A message of a client: who it says it is, if it says so, what it wants, and its size in bytes.</summary>
internal sealed record IncomingRequest(Node? Node, XdsRequest Request, int Size);
