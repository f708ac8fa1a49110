// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.Grpc.Tls;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;

namespace Cagent.Grpc.Tests.Tls;

public class ReloadTests
{
    private const int Refused = 1031;

    [Fact]
    public async Task Reload_UnderAnOpenStream_NewHandshakesSeeTheNewPairAndTheStreamGoesOn()
    {
        await using TlsHost host = await TlsHost.StartAsync();
        X509Certificate2 certificate = host.Own(host.Ca.IssueClient("node.test"));
        SemaphoreSlim next = new(0);
        host.Host.Service.OnServerStream = async (_, responses, context) =>
        {
            for (int i = 0; i < 2; i++)
            {
                await next.WaitAsync(context.CancellationToken);
                await responses.WriteAsync(new EchoResponse { Count = i + 1 }, context.CancellationToken);
            }
        };
        List<string?> seen = [];
        void Note(SslStream stream) => seen.Add(stream.RemoteCertificate!.GetSerialNumberString());
        HttpMessageInvoker old = host.Client(certificate, onConnected: Note);
        next.Release();
        using HttpResponseMessage response = await host.StreamAsync(old);
        using Stream body = await response.Content.ReadAsStreamAsync();
        byte[] message = new byte[7];
        await body.ReadExactlyAsync(message).AsTask().WaitAsync(TestHost.Patience);

        host.WritePair(host.Own(host.Ca.Issue("grpc.test")));
        Assert.True(host.Certificate.TryReload());
        Assert.Equal("new", await host.CallAsync(host.Client(certificate, onConnected: Note), "new"));
        next.Release();
        await body.ReadExactlyAsync(message).AsTask().WaitAsync(TestHost.Patience);

        Assert.Equal(2, message[6]);
        Assert.Equal(0, await body.ReadAsync(message).AsTask().WaitAsync(TestHost.Patience));
        Assert.Equal("trailers:0", RawClient.Status(response));
        Assert.Equal(2, seen.Distinct().Count());
    }

    [Fact]
    public async Task Reload_OfTheAuthorities_ShutsTheOldClientsOut()
    {
        await using TlsHost host = await TlsHost.StartAsync();
        using TestCa other = new("New clients");
        X509Certificate2 old = host.Own(host.Ca.IssueClient("node.test"));
        Assert.Equal("before", await host.CallAsync(host.Client(old), "before"));

        host.Folder.Write("clients.pem", other.RootPem);
        Assert.True(host.Trust.TryReload());

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => host.CallAsync(host.Client(old)));
        Assert.Equal("after", await host.CallAsync(host.Client(host.Own(other.IssueClient("node.test"))), "after"));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("empty")]
    [InlineData("missing")]
    [InlineData("foreign key")]
    [InlineData("expired")]
    public void TryReload_BrokenPair_KeepsTheOldAndReportsOnce(string kind)
    {
        using Files files = new();
        using CertificateStore store = files.Open(TimeProvider.System);
        using Counter counter = new();
        SslStreamCertificateContext before = store.Current;
        files.Break(kind);

        Assert.False(store.TryReload());
        Assert.False(store.TryReload());

        Assert.Same(before, store.Current);
        Assert.Single(files.Logs.Entries, entry => entry.Id == Refused);
        Assert.Equal(1, counter.Of("refused"));
        Assert.DoesNotContain(files.Logs.Entries, entry => entry.Text.Contains("PRIVATE KEY", StringComparison.Ordinal));

        files.WritePair();
        Assert.True(store.TryReload());
        Assert.NotSame(before, store.Current);
        Assert.Equal(1, counter.Of("loaded"));
    }

    [Fact]
    public void Watch_PairWrittenInTwoSteps_IsTakenWithoutAComplaint()
    {
        using Files files = new();
        ManualTime time = new(TimeProvider.System.GetUtcNow());
        using CertificateStore store = files.Open(time);
        SslStreamCertificateContext before = store.Current;
        using X509Certificate2 next = files.Ca.Issue("grpc.test");

        files.Folder.Write("tls.crt", next.ExportCertificatePem());
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Same(before, store.Current);
        files.Folder.Write("tls.key", TlsHost.KeyPem(next));
        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(next.SerialNumber, store.Current.TargetCertificate.SerialNumber);
        Assert.Empty(files.Logs.Complaints);
    }

    [Fact]
    public void Watch_PairThatStaysBroken_IsReportedAtTheSecondLook()
    {
        using Files files = new();
        ManualTime time = new(TimeProvider.System.GetUtcNow());
        using CertificateStore store = files.Open(time);
        files.Break("garbage");

        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Empty(files.Logs.Complaints);
        time.Advance(TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Single(files.Logs.Complaints);
    }

    [Fact]
    public async Task Watch_SwappedLink_IsAChange()
    {
        using Files files = new();
        using X509Certificate2 first = files.Ca.Issue("grpc.test");
        using X509Certificate2 second = files.Ca.Issue("grpc.test");
        WriteVersion(files.Folder, "v1", first);
        WriteVersion(files.Folder, "v2", second);
        files.Folder.SwapLink("data", "v1");
        File.CreateSymbolicLink(files.Folder.Combine("linked.crt"), "data/tls.crt");
        File.CreateSymbolicLink(files.Folder.Combine("linked.key"), "data/tls.key");
        using CertificateStore store = CertificateStore.Open(
            files.Folder.Combine("linked.crt"), files.Folder.Combine("linked.key"), files.Logs, TimeProvider.System, TimeSpan.FromMilliseconds(20));
        Assert.Equal(first.SerialNumber, store.Current.TargetCertificate.SerialNumber);

        files.Folder.SwapLink("data", "v2");

        await Eventually.TrueAsync(() => store.Current.TargetCertificate.SerialNumber == second.SerialNumber, "the new certificate is in use");
        Assert.Empty(files.Logs.Complaints);
    }

    [Fact]
    public void Open_BrokenAtTheStart_Throws()
    {
        using Files files = new();
        files.Break("foreign key");
        Assert.ThrowsAny<CryptographicException>(() => files.Open(TimeProvider.System));
        files.Break("missing");
        Assert.ThrowsAny<IOException>(() => files.Open(TimeProvider.System));
        files.Folder.Write("clients.pem", "no certificate here");
        Assert.ThrowsAny<CryptographicException>(() => TrustStore.Open(files.Folder.Combine("clients.pem"), files.Logs, TimeProvider.System));
        using X509Certificate2 leaf = files.Ca.Issue("grpc.test");
        files.Folder.Write("clients.pem", leaf.ExportCertificatePem());
        Assert.ThrowsAny<CryptographicException>(() => TrustStore.Open(files.Folder.Combine("clients.pem"), files.Logs, TimeProvider.System));
    }

    private static void WriteVersion(TemporaryFolder folder, string version, X509Certificate2 certificate)
    {
        folder.Write($"{version}/tls.crt", certificate.ExportCertificatePem());
        folder.Write($"{version}/tls.key", TlsHost.KeyPem(certificate));
    }

    private sealed class Files : IDisposable
    {
        public Files() => WritePair();

        public TestCa Ca { get; } = new();

        public TemporaryFolder Folder { get; } = new();

        public RecordingLoggerFactory Logs { get; } = new();

        public CertificateStore Open(TimeProvider time) => CertificateStore.Open(Folder.Combine("tls.crt"), Folder.Combine("tls.key"), Logs, time);

        public void WritePair()
        {
            using X509Certificate2 certificate = Ca.Issue("grpc.test");
            Folder.Write("tls.crt", certificate.ExportCertificatePem());
            Folder.Write("tls.key", TlsHost.KeyPem(certificate));
        }

        public void Break(string kind)
        {
            using X509Certificate2 expired = Ca.IssueExpired("grpc.test");
            switch (kind)
            {
                case "garbage":
                    Folder.Write("tls.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
                    break;
                case "empty":
                    Folder.Write("tls.key", "");
                    break;
                case "missing":
                    File.Delete(Folder.Combine("tls.crt"));
                    break;
                case "foreign key":
                    Folder.Write("tls.key", TlsHost.KeyPem(expired));
                    break;
                default:
                    Folder.Write("tls.crt", expired.ExportCertificatePem());
                    Folder.Write("tls.key", TlsHost.KeyPem(expired));
                    break;
            }
        }

        public void Dispose()
        {
            Ca.Dispose();
            Folder.Dispose();
        }
    }

    /// <summary>Counts what this thread's reloads report; other tests run beside it on other threads.</summary>
    private sealed class Counter : IDisposable
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private readonly List<string> _outcomes = [];
        private readonly MeterListener _listener = new();

        public Counter()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "rpc.tls.reloads")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
            {
                if (Environment.CurrentManagedThreadId == _thread)
                {
                    _outcomes.Add((string)tags[0].Value!);
                }
            });
            _listener.Start();
        }

        public int Of(string outcome) => _outcomes.Count(one => one == outcome);

        public void Dispose() => _listener.Dispose();
    }
}
