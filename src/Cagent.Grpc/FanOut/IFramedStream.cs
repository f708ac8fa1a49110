// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Server;

namespace Cagent.Grpc.FanOut;

/// <summary>A response stream whose body a dispatcher can write piece by piece.</summary>
internal interface IFramedStream
{
    ResponseWriter Writer { get; }
}
