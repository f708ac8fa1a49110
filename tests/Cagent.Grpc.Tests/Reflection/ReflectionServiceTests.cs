// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Reflection;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.Grpc.Tests.Protos.Reflected;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using Question = Grpc.Reflection.V1.ServerReflectionRequest;

namespace Cagent.Grpc.Tests.Reflection;

public class ReflectionServiceTests
{
    private const string File = "reflected.proto";

    [Fact]
    public async Task ListServices_Always_NamesThemAllAndReflectionItself()
    {
        ServerReflectionResponse answer = await AskAsync(new Question { Host = "me", ListServices = "*" });

        Assert.Equal(
            [
                "cagent.grpc.tests.reflected.ReflectedService",
                "cagent.grpc.tests.v1.EchoService",
                "grpc.reflection.v1.ServerReflection",
                "grpc.reflection.v1alpha.ServerReflection",
            ],
            answer.ListServicesResponse.Service.Select(service => service.Name));
        Assert.Equal("me", answer.ValidHost);
        Assert.Equal("*", answer.OriginalRequest.ListServices);
    }

    [Theory]
    [InlineData("ReflectedService")]
    [InlineData("ReflectedService.Look")]
    [InlineData("Extended")]
    [InlineData("Extended.when")]
    [InlineData("Extended.choice")]
    [InlineData("Extended.Nested")]
    [InlineData("Extended.Nested.Depth")]
    [InlineData("Extended.Nested.DEEP")]
    [InlineData("Extended.Nested.inner")]
    [InlineData("Colour")]
    [InlineData("RED")]
    [InlineData("outer")]
    public async Task FileContainingSymbol_EveryKind_GivesTheFileWithItsImports(string symbol)
    {
        ServerReflectionResponse answer = await AskAsync(new Question { FileContainingSymbol = "cagent.grpc.tests.reflected." + symbol });

        AssertReflectedFile(answer);
    }

    [Fact]
    public async Task FileByFilename_KnownFile_GivesDescriptorsThatBuild()
    {
        ServerReflectionResponse answer = await AskAsync(new Question { FileByFilename = File });

        AssertReflectedFile(answer);
        IReadOnlyList<FileDescriptor> built = FileDescriptor.BuildFromByteStrings(answer.FileDescriptorResponse.FileDescriptorProto.Reverse());
        Assert.Equal("Look", built.Single(file => file.Name == File).Services.Single().Methods.Single().Name);
    }

    [Fact]
    public async Task FileContainingExtension_InnerAndOuter_GivesTheFile()
    {
        foreach (int number in new[] { 120, 150 })
        {
            AssertReflectedFile(await AskAsync(new Question
            {
                FileContainingExtension = new ExtensionRequest { ContainingType = "cagent.grpc.tests.reflected.Extended", ExtensionNumber = number },
            }));
        }
    }

    [Fact]
    public async Task AllExtensionNumbersOfType_ExtendedAndPlainMessage_GivesAllOrNone()
    {
        ServerReflectionResponse extended = await AskAsync(new Question { AllExtensionNumbersOfType = "cagent.grpc.tests.reflected.Extended" });
        ServerReflectionResponse plain = await AskAsync(new Question { AllExtensionNumbersOfType = "cagent.grpc.tests.v1.EchoRequest" });

        Assert.Equal([120, 150], extended.AllExtensionNumbersResponse.ExtensionNumber);
        Assert.Equal("cagent.grpc.tests.reflected.Extended", extended.AllExtensionNumbersResponse.BaseTypeName);
        Assert.Empty(plain.AllExtensionNumbersResponse.ExtensionNumber);
    }

    [Fact]
    public async Task Questions_UnknownOrEmpty_GetAnErrorAndTheStreamGoesOn()
    {
        await using TestHost host = await StartAsync();
        using AsyncDuplexStreamingCall<Question, ServerReflectionResponse> call = new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo();

        foreach (Question question in new[]
        {
            new Question { FileByFilename = "no.proto" },
            new Question { FileContainingSymbol = "no.Symbol" },
            new Question { FileContainingExtension = new ExtensionRequest { ContainingType = "cagent.grpc.tests.reflected.Extended", ExtensionNumber = 199 } },
            new Question { AllExtensionNumbersOfType = "no.Type" },
        })
        {
            ServerReflectionResponse answer = await AskAsync(call, question);
            Assert.Equal((int)StatusCode.NotFound, answer.ErrorResponse.ErrorCode);
            Assert.Equal(question, answer.OriginalRequest);
        }

        Assert.Equal((int)StatusCode.InvalidArgument, (await AskAsync(call, new Question())).ErrorResponse.ErrorCode);
        Assert.NotNull((await AskAsync(call, new Question { ListServices = "" })).ListServicesResponse);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
    }

    [Fact]
    public async Task V1Alpha_SameQuestions_GetTheSameAnswers()
    {
        await using TestHost host = await StartAsync();
        var client = new global::Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionClient(host.Channel);
        using var call = client.ServerReflectionInfo();
        foreach (Question question in new[] { new Question { ListServices = "*" }, new Question { FileByFilename = File }, new Question { FileByFilename = "no.proto" } })
        {
            await call.RequestStream.WriteAsync(global::Grpc.Reflection.V1Alpha.ServerReflectionRequest.Parser.ParseFrom(question.ToByteString()));
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));

            Assert.Equal((await AskAsync(question)).ToByteString(), call.ResponseStream.Current.ToByteString());
        }
    }

    [Theory]
    [InlineData("grpc.reflection.v1.ServerReflection", "grpc/reflection/v1/reflection.proto")]
    [InlineData("grpc.reflection.v1alpha.ServerReflection", "grpc/reflection/v1alpha/reflection.proto")]
    public async Task FileContainingSymbol_ReflectionItself_GivesItsPublishedFileName(string service, string file)
    {
        ServerReflectionResponse answer = await AskAsync(new Question { FileContainingSymbol = service });

        Assert.Equal(file, FileDescriptorProto.Parser.ParseFrom(answer.FileDescriptorResponse.FileDescriptorProto[0]).Name);
    }

    private static Task<TestHost> StartAsync() => TestHost.StartAsync(options => options.Endpoints[0] = options.Endpoints[0] with
    {
        Services = new ReflectionService([EchoService.Descriptor, ReflectedService.Descriptor]).Services,
    });

    private static async Task<ServerReflectionResponse> AskAsync(Question question)
    {
        await using TestHost host = await StartAsync();
        using AsyncDuplexStreamingCall<Question, ServerReflectionResponse> call = new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo();
        return await AskAsync(call, question);
    }

    private static async Task<ServerReflectionResponse> AskAsync(AsyncDuplexStreamingCall<Question, ServerReflectionResponse> call, Question question)
    {
        await call.RequestStream.WriteAsync(question);
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        return call.ResponseStream.Current;
    }

    private static void AssertReflectedFile(ServerReflectionResponse answer)
    {
        List<FileDescriptorProto> files = [.. answer.FileDescriptorResponse.FileDescriptorProto.Select(FileDescriptorProto.Parser.ParseFrom)];
        Assert.Equal([File, "echo.proto", "google/protobuf/timestamp.proto"], files.Select(file => file.Name));
    }
}
