// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>
/// Guarantee: certificates of agents and their CAs are replaced while requests flow, and none fails; a CA that is taken out of the bundle lets
/// nobody in any more and ends the tunnels of its domain; a bundle that cannot be read changes nothing.
/// </summary>
public sealed class CertificateRotationTests
{
    private const string Host = "rotated.example.com";
    private const string Id = "spiffe://example.org/agents/ci";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [EnvoyFact]
    public async Task Rotate_CertificateAndCa_WhileRequestsFlow_FailsNone()
    {
        using TemporaryFolder folder = new();
        using TestCa old = new("Old CA");
        using TestCa next = new("Next CA");
        string bundle = folder.Write("bundle.pem", old.RootPem);
        await using Deployment deployment = new();
        Upstream server = await deployment.Internet.AddHttpsAsync(Host);
        IPEndPoint listen = new(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback));
        string policy = deployment.Head + "domains:\n" + Deployment.Entry(Host, server)
            + $"agents:\n  - {{name: ci, identity: {{spiffe: \"{Id}\"}}}}\n  - {{name: blue, identity: {{source: 127.0.0.2}}}}\n";
        await deployment.StartAsync(policy, new CagentOptions { Policy = policy, Arguments = ["--mtls-listen", listen.ToString(), "--trust-bundle", $"example.org={bundle}"] });
        using X509Certificate2 first = old.IssueClient(Id), second = old.IssueClient(Id), third = next.IssueClient(Id);
        Uri target = new($"https://{Host}:{server.Port}/status/200");
        RequestFlow coming = new(() => deployment.Http(By(first)), target);
        RequestFlow open = new(deployment.Http(By(first), http2: true), target);
        RequestFlow other = new(deployment.Http(deployment.Agent("127.0.0.2"), http2: true), target);
        await Eventually.TrueAsync(() => coming.Count > 5 && open.Count > 5 && other.Count > 5, Limit, "requests flow");

        // Another certificate of the same CA: nothing need be told to anybody.
        coming.Change(() => deployment.Http(By(second)));
        await coming.WaitAsync(10, Limit);
        Assert.False(await IsTakenAsync(third));

        // Both CAs for a while: the old and the new one are taken.
        WriteBundle(old.RootPem + next.RootPem);
        await Eventually.TrueAsync(() => IsTakenAsync(third), Limit, "the new CA is trusted");
        Assert.True(await IsTakenAsync(first));
        coming.Change(() => deployment.Http(By(third)));
        await coming.WaitAsync(10, Limit);

        // What cannot be read changes nothing.
        WriteBundle(next.RootPem[..200]);
        await Eventually.TrueAsync(async () => (await File.ReadAllTextAsync(Path.Combine(deployment.Cagent.StateFolder, "status.json"))).Contains("CAG1077", StringComparison.Ordinal), Limit, "the status says that the bundle is broken");
        Assert.True(await IsTakenAsync(first));
        await open.WaitAsync(10, Limit);
        Assert.Empty(await open.EndAsync());

        // A tunnel of the domain, which is to end with its CA.
        await using RawTunnel held = await new RawProxy(By(first)).ConnectAsync($"{Host}:{server.Port}");
        await using RawConnection inside = await held.Connection.StartTlsAsync(new TlsClientOptions { ServerName = Host, Trust = deployment.Trust });
        await coming.PauseAsync();
        WriteBundle(next.RootPem);
        await Eventually.TrueAsync(async () => !await IsTakenAsync(first), Limit, "the old CA is not trusted");
        Assert.Empty(await inside.ReadToCloseAsync());
        coming.Change(() => deployment.Http(By(third)));
        await Task.WhenAll(coming.WaitAsync(10, Limit), other.WaitAsync(10, Limit));
        Assert.False(await IsTakenAsync(second));

        Assert.Empty(await coming.EndAsync());
        Assert.Empty(await other.EndAsync());

        AgentProxy By(X509Certificate2 certificate) => new(listen)
        {
            Watch = deployment.Watch, Tls = new TlsClientOptions { ServerName = "localhost", Trust = deployment.Trust, ClientCertificate = certificate },
        };

        async Task<bool> IsTakenAsync(X509Certificate2 certificate)
        {
            try
            {
                await using RawTunnel tunnel = await new RawProxy(By(certificate)).ConnectAsync($"{Host}:{server.Port}");
                return tunnel.Response.Status == 200;
            }
            catch (Exception refused) when (refused is IOException or AuthenticationException)
            {
                return false;
            }
        }

        void WriteBundle(string text)
        {
            File.WriteAllText(bundle + ".next", text);
            File.Move(bundle + ".next", bundle, overwrite: true);
        }
    }
}
