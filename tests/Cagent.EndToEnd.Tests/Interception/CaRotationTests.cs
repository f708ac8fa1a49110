// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.EndToEnd.Tests.Faults;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Interception;

/// <summary>
/// Guarantee: <c>cagent ca</c> changes the CA of a running Cagent while agents work: no request fails, no stream ends, no listener drains,
/// and at each moment whoever read the bundle one step before trusts what it sees.
/// </summary>
public sealed class CaRotationTests : IAsyncLifetime
{
    private const string Host = "api.rotation.example.com";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly Deployment _deployment = new();
    private readonly TemporaryFolder _folder = new();
    private Upstream _api = null!;

    private string State => _deployment.Cagent.StateFolder;

    public async Task InitializeAsync()
    {
        if (EnvoyBinary.IsRequired() || EnvoyBinary.Find().Path is not null)
        {
            _api = await _deployment.Internet.AddHttpsAsync(Host);
            await _deployment.StartAsync(_deployment.Head + "domains:\n" + Deployment.Entry(Host, _api), new CagentOptions { Policy = "", Arguments = ["--envoy-concurrency", "1"] });
        }
    }

    public async Task DisposeAsync()
    {
        await _deployment.DisposeAsync();
        _folder.Dispose();
    }

    [EnvoyFact]
    public async Task Rotate_UnderLoad_NothingFailsAndEachStepIsTrustedByTheOneBefore()
    {
        X509Certificate2Collection first = OwnBundle();
        string old = await IssuerAsync(first);
        using EnvoyAdmin admin = new(State);
        long drained = await DrainedAsync(admin);
        using ProxyHttp http = _deployment.Http();
        using ServerSentEvents events = await http.OpenEventsAsync(new Uri($"https://{Host}:{_api.Port}/sse?interval=50"));
        await events.ReadAsync();
        using CancellationTokenSource stop = new();
        ConcurrentQueue<string> failures = new();
        Task<int> load = LoadAsync(failures, stop.Token);

        await CaAsync("rotate", "--after", "1h");
        await Eventually.TrueAsync(() => OwnBundle().Count == 2, Limit, "both CAs in the bundle");
        X509Certificate2Collection both = OwnBundle();
        Assert.Equal(old, await IssuerAsync(first));

        await CaAsync("rotate", "--now");
        await Eventually.TrueAsync(async () => await IssuerAsync(both) != old, Limit, "a leaf of the new CA");
        await Assert.ThrowsAnyAsync<System.Security.Authentication.AuthenticationException>(() => IssuerAsync(first));
        // Events that were sent after the change, on the stream that was opened before it.
        await events.ReadAsync();
        await events.ReadAsync();
        Assert.NotNull(await events.ReadAsync());

        await CaAsync("retire");
        await Eventually.TrueAsync(() => OwnBundle().Count == 1, Limit, "the old CA out of the bundle");
        Assert.NotEqual(old, await IssuerAsync(OwnBundle()));

        await stop.CancelAsync();
        Assert.InRange(await load, 1, int.MaxValue);
        Assert.Empty(failures);
        Assert.Equal(drained, await DrainedAsync(admin));
    }

    /// <summary>The running Cagent does the steps by itself when their time comes.</summary>
    [EnvoyFact]
    public async Task Rotate_WithADelay_SignsAndRetiresByItself()
    {
        string old = await IssuerAsync(OwnBundle());
        await CaAsync("rotate", "--after", "3s", "--overlap", "4s");
        X509Certificate2Collection both = OwnBundle();
        Assert.Equal(2, both.Count);
        await Eventually.TrueAsync(async () => await IssuerAsync(both) != old, Limit, "a leaf of the new CA");
        await Eventually.TrueAsync(() => OwnBundle().Count == 1, Limit, "the end of the overlap");
        Assert.NotEqual(old, await IssuerAsync(OwnBundle()));
        Assert.Equal(["ca.crt", "ca.key"], Directory.GetFiles(Path.Combine(State, "pki")).Select(Path.GetFileName).Order());
    }

    [EnvoyFact]
    public async Task Import_AnIntermediate_IsAcceptedByWhoeverHasItsRoot()
    {
        string old = await IssuerAsync(OwnBundle());
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 root = Issue("Corp root", rootKey, null, rootKey);
        using RSA key = RSA.Create(2048);
        using X509Certificate2 issuing = Issue("Corp agents", key, root, rootKey);
        string keyFile = _folder.Write("sub.key", key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }


        string output = await CaAsync(
            "import", "--cert", _folder.Write("sub.pem", issuing.ExportCertificatePem()), "--key", keyFile, "--chain", _folder.Write("root.pem", root.ExportCertificatePem()), "--rotate", "--now");

        Assert.DoesNotContain("PRIVATE", output, StringComparison.Ordinal);
        X509Certificate2Collection bundle = OwnBundle();
        await Eventually.TrueAsync(async () => await IssuerAsync(bundle) != old, Limit, "a leaf of the imported CA");
        Assert.Equal("CN=Corp agents", await IssuerAsync(bundle));
        // A program with the enterprise's root alone, by OpenSSL: the intermediate is sent.
        await using RunningProcess curl = RunningProcess.Start(
            "curl", ["-sS", "--max-time", "10", "--cacert", _folder.Combine("root.pem"), "--proxy", $"http://{_deployment.Cagent.Proxy}", "-o", "/dev/null", "-w", "%{http_code}\n", $"https://{Host}:{_api.Port}/status/200"]);
        await curl.WaitForLineAsync(line => line == "200", Limit);
    }

    private async Task<int> LoadAsync(ConcurrentQueue<string> failures, CancellationToken stop)
    {
        int count = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // A new connection each, by an agent that reads the bundle when it starts.
                X509Certificate2Collection trust = OwnBundle();
                await using RawConnection connection = await _deployment.Raw.ConnectTlsAsync($"{Host}:{_api.Port}", new TlsClientOptions { ServerName = Host, Trust = trust }, CancellationToken.None);
                await connection.SendAsync($"GET /status/200 HTTP/1.1\r\nhost: {Host}:{_api.Port}\r\n\r\n", CancellationToken.None);
                RawResponse response = await connection.ReadResponseAsync(cancellationToken: CancellationToken.None);
                if (response.Status != 200)
                {
                    failures.Enqueue($"status {response.Status}");
                }

                count++;
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
            {
                failures.Enqueue(e.Message);
            }
        }

        return count;
    }

    /// <summary>Who signed what a new handshake shows to a client with these roots; a client that does not trust it throws.</summary>
    private async Task<string> IssuerAsync(X509Certificate2Collection trust)
    {
        await using RawConnection connection = await _deployment.Raw.ConnectTlsAsync($"{Host}:{_api.Port}", new TlsClientOptions { ServerName = Host, Trust = trust });
        return connection.RemoteCertificate!.Issuer;
    }

    private X509Certificate2Collection OwnBundle()
    {
        X509Certificate2Collection all = [];
        all.ImportFromPemFile(Path.Combine(State, "interception-ca.pem"));
        return all;
    }

    private async Task<string> CaAsync(params string[] arguments)
    {
        (int code, string errors, string output) = await CagentCommand.RunAsync(_folder.Path, ["ca", .. arguments, "--state", State]);
        Assert.Equal((0, ""), (code, errors));
        return output;
    }

    private static async Task<long> DrainedAsync(EnvoyAdmin admin) =>
        (await admin.StatsAsync("^listener_manager.(listener_modified|listener_in_place_updated|listener_removed|listener_added|total_filter_chains_draining)$")).Values.Sum();

    private static X509Certificate2 Issue(string name, AsymmetricAlgorithm key, X509Certificate2? issuer, ECDsa signer)
    {
        CertificateRequest request = key is RSA rsa
            ? new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={name}", (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.Create(issuer?.SubjectName ?? request.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), now.AddDays(-1), now.AddDays(30), RandomNumberGenerator.GetBytes(8));
    }
}
