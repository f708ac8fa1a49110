// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text.RegularExpressions;
using Cagent.Grpc.Client;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Files;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace Cagent.Grpc.Tests;

public partial class GeneratedCodeTests
{
    private static readonly Assembly[] s_generated =
    [
        typeof(global::Envoy.Service.Discovery.V3.AggregatedDiscoveryService).Assembly,
        typeof(global::Cagent.Contracts.Admin.V1.StatusService).Assembly,
        typeof(global::Grpc.Health.V1.Health).Assembly,
    ];

    /// <summary>Every service in protos/ and of the library itself, found in the files, so that a new one cannot be left out.</summary>
    public static TheoryData<string, int> Services
    {
        get
        {
            TheoryData<string, int> services = [];
            foreach (string text in new[] { "protos", "src/Cagent.Grpc/Health/grpc", "src/Cagent.Grpc/Reflection/grpc" }
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), "*.proto", SearchOption.AllDirectories))
                .Select(File.ReadAllText))
            {
                foreach (Match service in Service().Matches(text))
                {
                    services.Add($"{Package().Match(text).Groups["name"].Value}.{service.Groups["name"].Value}", Rpc().Count(service.Groups["body"].Value));
                }
            }

            return services;
        }
    }

    /// <summary>That the assemblies exist is the proof that the code compiles; this proves that nothing is missing from it.</summary>
    [Theory]
    [MemberData(nameof(Services))]
    public void GeneratedService_EveryOne_HasABoundBaseAndAClient(string name, int methods)
    {
        Type service = s_generated.SelectMany(assembly => assembly.GetExportedTypes()).Single(type => Descriptor(type)?.FullName == name);
        ServiceDescriptor descriptor = Descriptor(service)!;
        Type serverBase = service.GetNestedType($"{service.Name}Base")!;
        Type clientType = service.GetNestedType($"{service.Name}Client")!;
        Recorder recorder = new();

        service.GetMethod("BindService", [typeof(ServiceBinderBase), serverBase])!.Invoke(null, [recorder, null]);
        using HttpChannel channel = HttpChannel.ForUnixSocket("/nowhere");
        object client = Activator.CreateInstance(clientType, [channel])!;

        Assert.Equal(methods, descriptor.Methods.Count);
        Assert.Equal(descriptor.Methods.Select(method => $"/{name}/{method.Name}"), recorder.Names);
        Assert.True(serverBase.IsAbstract);
        Assert.All(descriptor.Methods, method =>
        {
            Assert.True(serverBase.GetMethod(method.Name)!.IsVirtual);
            string call = method is { IsClientStreaming: false, IsServerStreaming: false } ? method.Name + "Async" : method.Name;
            Assert.Contains(client.GetType().GetMethods(), candidate => candidate.Name == call);
        });
    }

    [Fact]
    public void Services_All_AreFound() => Assert.InRange(Services.Count, 16, int.MaxValue);

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

    private static ServiceDescriptor? Descriptor(Type type) =>
        type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as ServiceDescriptor;

    [GeneratedRegex(@"^package (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Package();

    [GeneratedRegex(@"^service (?<name>\w+) \{(?<body>.*?)^\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Service();

    [GeneratedRegex(@"^\s+rpc ", RegexOptions.Multiline)]
    private static partial Regex Rpc();

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
