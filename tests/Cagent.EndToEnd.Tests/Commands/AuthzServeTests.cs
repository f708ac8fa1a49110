// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.EndToEnd.Tests.Faults;
using Cagent.Grpc.Client;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;
using Envoy.Service.Auth.V3;
using Authorization = Envoy.Service.Auth.V3.Authorization;

namespace Cagent.EndToEnd.Tests.Commands;

/// <summary>The decision service by itself, asked by gRPC as a load tool asks it.</summary>
public sealed class AuthzServeTests : IDisposable
{
    private const string Policy = """
        version: 1
        credentials: {canary: {from: env, name: CANARY_TOKEN}}
        domains:
          - {domain: api.example.com, allow: ["GET /v1/**"], credential: {use: canary, header: Authorization, format: "Bearer {value}"}}
          - {domain: plain.example.com, scheme: http}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("https", "GET", "api.example.com", "/v1/models", 0, "Bearer sk-canary-lifecycle")]
    [InlineData("", "GET", "api.example.com", "/v1/models", 0, "Bearer sk-canary-lifecycle")]
    [InlineData("https", "POST", "api.example.com", "/v1/models", 7, null)]
    [InlineData("https", "GET", "api.example.com", "/v2", 7, null)]
    [InlineData("https", "GET", "evil.example.com", "/v1/models", 7, null)]
    [InlineData("https", "GET", "plain.example.com", "/", 7, null)]
    [InlineData("http", "GET", "plain.example.com", "/", 0, null)]
    [InlineData("", "CONNECT", "api.example.com:443", "", 0, null)]
    [InlineData("", "CONNECT", "api.example.com:22", "", 7, null)]
    public async Task Serve_QuestionWithoutIdentity_IsDecidedByItself(string scheme, string method, string host, string path, int code, string? injected)
    {
        File.WriteAllText(_folder.Combine("cagent.yaml"), Policy);
        await using RunningProcess process = CagentCommand.Start(_folder.Path, "authz", "serve", "--policy", "cagent.yaml", "--port", "0");
        using HttpChannel channel = await ConnectAsync(process);
        CheckResponse answer = await new Authorization.AuthorizationClient(channel).CheckAsync(Question(scheme, method, host, path));
        Assert.Equal(code, answer.Status.Code);
        Assert.Equal(injected, answer.OkResponse?.Headers.Select(header => header.Header.Value).SingleOrDefault());
        Assert.Equal(0, await process.TerminateAsync(CagentCommand.StopLimit));
    }

    /// <summary>Only the one kind of question that no data plane asks is decided so: any other is held to the data plane's rules.</summary>
    [Fact]
    public async Task Serve_QuestionOfAHopWithoutIdentity_IsDenied()
    {
        File.WriteAllText(_folder.Combine("cagent.yaml"), Policy);
        await using RunningProcess process = CagentCommand.Start(_folder.Path, "authz", "serve", "--policy", "cagent.yaml", "--port", "0");
        using HttpChannel channel = await ConnectAsync(process);
        CheckRequest question = Question("https", "GET", "api.example.com", "/v1/models");
        question.Attributes.ContextExtensions["hop"] = "web";
        CheckResponse answer = await new Authorization.AuthorizationClient(channel).CheckAsync(question);
        Assert.Equal(7, answer.Status.Code);
        Assert.Equal("agent_unknown", answer.DynamicMetadata.Fields["reason"].StringValue);
    }

    [Fact]
    public async Task Serve_PolicyThatDoesNotLoad_SaysWhereAndEnds()
    {
        File.WriteAllText(_folder.Combine("cagent.yaml"), "version: 1\ndomains: [{domain: \"*\"}]\n");
        (int code, string errors, _) = await CagentCommand.RunAsync(_folder.Path, "authz", "serve", "--policy", "cagent.yaml", "--port", "0");
        Assert.Equal(1, code);
        Assert.Contains("cagent.yaml:2:", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_TakenPort_SaysSoAndEnds()
    {
        File.WriteAllText(_folder.Combine("cagent.yaml"), Policy);
        using Socket taken = new(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        string port = ((IPEndPoint)taken.LocalEndPoint!).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        (int code, string errors, _) = await CagentCommand.RunAsync(_folder.Path, "authz", "serve", "--policy", "cagent.yaml", "--port", port);
        Assert.Equal(1, code);
        Assert.Contains($"cannot listen on 127.0.0.1:{port}", errors, StringComparison.Ordinal);
    }

    private static async Task<HttpChannel> ConnectAsync(RunningProcess process)
    {
        OutputLine ready = await process.WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), SteadySite.Limit);
        return HttpChannel.ForAddress(new Uri($"http://{ready.Text.Split(' ')[1]}"));
    }

    private static CheckRequest Question(string scheme, string method, string host, string path) => new()
    {
        Attributes = new AttributeContext
        {
            Request = new AttributeContext.Types.Request { Http = new AttributeContext.Types.HttpRequest { Scheme = scheme, Method = method, Host = host, Path = path } },
        },
    };
}
