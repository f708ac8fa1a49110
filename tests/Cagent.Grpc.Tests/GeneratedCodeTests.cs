// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Tests.Protos;
using Grpc.Core;

namespace Cagent.Grpc.Tests;

public class GeneratedCodeTests
{
    [Fact]
    public void BindService_GeneratedService_BindsEveryMethod()
    {
        ServerServiceDefinition definition = EchoService.BindService(new Unimplemented());

        Recorder recorder = new();
        definition.BindService(recorder);

        Assert.Equal(
            [
                "/cagent.grpc.tests.v1.EchoService/Unary",
                "/cagent.grpc.tests.v1.EchoService/ServerStream",
                "/cagent.grpc.tests.v1.EchoService/ClientStream",
                "/cagent.grpc.tests.v1.EchoService/Bidi",
            ],
            recorder.Names);
    }

    private sealed class Unimplemented : EchoService.EchoServiceBase;

    private sealed class Recorder : ServiceBinderBase
    {
        public List<string> Names { get; } = [];

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
            Names.Add(method.FullName);

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
            Names.Add(method.FullName);

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
            Names.Add(method.FullName);

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
            Names.Add(method.FullName);
    }
}
