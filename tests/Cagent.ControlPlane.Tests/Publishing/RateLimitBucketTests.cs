// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Compiler;
using Cagent.Policy;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;
using Cagent.Xds.Resources;
using Envoy.Service.Auth.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Authorization = Envoy.Service.Auth.V3.Authorization;
using RpcStatus = Google.Rpc.Status;

namespace Cagent.ControlPlane.Tests.Publishing;

/// <summary>
/// What the real Envoy makes of the bucket that ext_authz names: agents have their own, all of them may share one, and a request of which
/// nothing is said is denied. The service is one that says what the path says; the upstream does not exist, so what is let through is a 503.
/// </summary>
public sealed class RateLimitBucketTests
{
    private const string Text = "version: 1\ndomains:\n"
        + "  - {domain: a.example.com, scheme: http, rate_limit: {requests: 2, per: day}}\n"
        + "  - {domain: b.example.com, scheme: http, rate_limit: {requests: 3, per: day}}\n";

    private const int LetThrough = 503;
    private const int Limited = 429;

    [EnvoyFact]
    public async Task Bucket_ByWhatExtAuthzSays_IsTheAgentsOrShared()
    {
        IPEndPoint proxy = new(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback));
        await using EnvoyUnderXds envoy = await StartAsync(proxy);
        using HttpClient http = new(new SocketsHttpHandler { Proxy = new WebProxy($"http://{proxy}") });

        Assert.Equal(new[] { LetThrough, LetThrough, Limited }, await AskAsync(http, "limit=2/86400s+2&limit_agent=one&limit_entry=a", 3));
        Assert.Equal(new[] { LetThrough, LetThrough, Limited }, await AskAsync(http, "limit=2/86400s+2&limit_agent=two&limit_entry=a", 3));
        Assert.Equal(new[] { LetThrough, LetThrough, Limited }, await AskAsync(http, "limit=2/86400s+2&limit_agent=one&limit_entry=b", 3));
        Assert.Equal(new[] { LetThrough, LetThrough, LetThrough, Limited }, await AskAsync(http, "limit=3/86400s+3&limit_agent=one&limit_entry=a", 4));
        Assert.All(await AskAsync(http, "limit=none", 20), status => Assert.Equal(LetThrough, status));

        // The smallest bucket there is holds one; then nothing that is not understood passes, whatever it lacks.
        Assert.Equal(new[] { LetThrough, Limited }, await AskAsync(http, "agent=anonymous", 2));
        Assert.Equal(new[] { Limited }, await AskAsync(http, "limit=60/60s+60&limit_agent=one&limit_entry=a", 1));
        Assert.Equal(new[] { Limited }, await AskAsync(http, "limit_agent=one&limit_entry=a", 1));
        Assert.Equal(new[] { Limited }, await AskAsync(http, "limit=-&limit_agent=-&limit_entry=-", 1));
    }

    private static async Task<EnvoyUnderXds> StartAsync(IPEndPoint proxy)
    {
        CompiledPolicy compiled = PolicyCompiler.Compile(PolicyLoader.Load(Text, "cagent.yaml").Policy!, new CompilerInputs
        {
            Listen = proxy,
            SystemResolvers = [new IPEndPoint(IPAddress.Loopback, 9)],
            PublicCa = ByteString.Empty,
        });
        EnvoyUnderXds envoy = await EnvoyUnderXds.StartAsync(new SaysWhatThePathSays());
        envoy.Server.Publish(XdsSnapshot.Create("one", compiled.Resources.Select(resource => XdsResource.FromBytes(resource.TypeUrl, resource.Name, resource.Body))));
        await envoy.AcceptedAsync("one", XdsType.ExtensionConfig.TypeUrl);
        await envoy.AcceptedAsync("one", XdsType.Routes.TypeUrl);
        await Eventually.TrueAsync(async () =>
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(proxy);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }, EnvoyUnderXds.Patience, "the listener is open");
        return envoy;
    }

    private static async Task<int[]> AskAsync(HttpClient http, string says, int count)
    {
        int[] statuses = new int[count];
        for (int i = 0; i < count; i++)
        {
            using HttpResponseMessage response = await http.GetAsync($"http://a.example.com/?{says}");
            statuses[i] = (int)response.StatusCode;
        }

        return statuses;
    }

    private sealed class SaysWhatThePathSays : Authorization.AuthorizationBase
    {
        public override Task<CheckResponse> Check(CheckRequest request, ServerCallContext context)
        {
            Struct metadata = new() { Fields = { ["agent"] = Value.ForString("anonymous") } };
            foreach (string pair in request.Attributes.Request.Http.Path.Split('?')[1].Split('&'))
            {
                string[] words = pair.Split('=');
                metadata.Fields[words[0]] = Value.ForString(words[1]);
            }

            return Task.FromResult(new CheckResponse { Status = new RpcStatus(), OkResponse = new OkHttpResponse(), DynamicMetadata = metadata });
        }
    }
}
