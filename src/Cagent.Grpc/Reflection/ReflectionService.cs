// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Server;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;

namespace Cagent.Grpc.Reflection;

/// <summary>
/// The standard reflection service, as v1 and as v1alpha: it tells tools which services there are and what their messages look like.
/// It tells that to everybody who reaches the endpoint. Immutable, thread-safe.
/// </summary>
public sealed class ReflectionService
{
    private readonly DescriptorIndex _index;

    /// <summary>Makes the service.</summary>
    /// <param name="services">The services to tell about, from the generated <c>Descriptor</c> properties; reflection itself is added.</param>
    public ReflectionService(IEnumerable<ServiceDescriptor> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        _index = DescriptorIndex.Build([.. services, ServerReflection.Descriptor, global::Grpc.Reflection.V1Alpha.ServerReflection.Descriptor]);
        Services = [Bind(ServerReflection.Descriptor), Bind(global::Grpc.Reflection.V1Alpha.ServerReflection.Descriptor)];
    }

    /// <summary>Both versions, to host beside the services that they tell about.</summary>
    public IReadOnlyList<GrpcService> Services { get; }

    internal ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        ServerReflectionResponse response = new() { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse { Service = { _index.Services.Select(name => new ServiceResponse { Name = name }) } };
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                AnswerFile(response, _index.FindFile(request.FileByFilename), "file");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                AnswerFile(response, _index.FindSymbol(request.FileContainingSymbol), "symbol");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                ExtensionRequest extension = request.FileContainingExtension;
                AnswerFile(response, _index.FindExtension(extension.ContainingType, extension.ExtensionNumber), "extension");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                AnswerNumbers(response, request.AllExtensionNumbersOfType);
                break;
            default:
                response.ErrorResponse = Error(StatusCode.InvalidArgument, "The request asks nothing that this server knows.");
                break;
        }

        return response;
    }

    private static void AnswerFile(ServerReflectionResponse response, FileDescriptor? file, string kind)
    {
        if (file is null)
        {
            response.ErrorResponse = Error(StatusCode.NotFound, $"The {kind} is not known.");
            return;
        }

        response.FileDescriptorResponse = new FileDescriptorResponse { FileDescriptorProto = { Closure(file).Select(one => one.SerializedData) } };
    }

    /// <summary>The file and everything that it imports, each once, the file first.</summary>
    private static List<FileDescriptor> Closure(FileDescriptor file)
    {
        List<FileDescriptor> files = [file];
        HashSet<string> names = new(StringComparer.Ordinal) { file.Name };
        for (int i = 0; i < files.Count; i++)
        {
            files.AddRange(files[i].Dependencies.Where(dependency => names.Add(dependency.Name)));
        }

        return files;
    }

    private static ErrorResponse Error(StatusCode code, string message) => new() { ErrorCode = (int)code, ErrorMessage = message };

    private void AnswerNumbers(ServerReflectionResponse response, string message)
    {
        if (_index.FindExtensionNumbers(message) is { } numbers)
        {
            response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = message, ExtensionNumber = { numbers } };
        }
        else
        {
            response.ErrorResponse = Error(StatusCode.NotFound, "The message is not known.");
        }
    }

    /// <summary>Both versions have the same bytes on the wire, so one set of message classes serves both names.</summary>
    private GrpcService Bind(ServiceDescriptor service)
    {
        MethodDescriptor method = service.Methods[0];
        return ServerServiceDefinition.CreateBuilder()
            .AddMethod(
                new Method<ServerReflectionRequest, ServerReflectionResponse>(
                    MethodType.DuplexStreaming, service.FullName, method.Name, Marshaller(ServerReflectionRequest.Parser), Marshaller(ServerReflectionResponse.Parser)),
                RunAsync)
            .Build();
    }

    private async Task RunAsync(IAsyncStreamReader<ServerReflectionRequest> requests, IServerStreamWriter<ServerReflectionResponse> responses, ServerCallContext context)
    {
        await foreach (ServerReflectionRequest request in requests.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
        {
            await responses.WriteAsync(Answer(request), context.CancellationToken).ConfigureAwait(false);
        }
    }

    private static Marshaller<T> Marshaller<T>(MessageParser<T> parser)
        where T : class, IMessage<T> =>
        Marshallers.Create(
            static (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));
}
