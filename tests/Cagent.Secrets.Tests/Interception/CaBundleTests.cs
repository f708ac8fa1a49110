// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.Secrets.Interception;
using Cagent.Secrets.Tests.Support;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;

namespace Cagent.Secrets.Tests.Interception;

public sealed class CaBundleTests : IDisposable
{
    private readonly TemporaryFolder _state = new();
    private readonly InterceptionCa _ca;
    private readonly RecordingLogger<CaBundle> _log = new();
    private readonly CaBundle _bundle;

    public CaBundleTests()
    {
        _ca = Pki.Open(_state, new ManualTime());
        _bundle = new CaBundle(_state.Path, _log);
    }

    public void Dispose()
    {
        _ca.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void Write_WithPublicRoots_OursFirstThenTheirs()
    {
        string root = Root(out string keyPem);
        _bundle.Write(_ca, [_state.Combine("absent"), _state.Write("empty.pem", "no certificates"), _state.Write("roots.pem", $"# comment\n{root}\n{keyPem}\n"), "/etc/ssl/certs/ca-certificates.crt"]);
        string written = File.ReadAllText(_bundle.BundlePath);
        Assert.Equal([_ca.Certificate.Thumbprint, X509Certificate2.CreateFromPem(root).Thumbprint], Pki.Certificates(written).Select(certificate => certificate.Thumbprint));
        Assert.DoesNotContain("PRIVATE KEY", written, StringComparison.Ordinal);
        Assert.Equal([_ca.Certificate.Thumbprint], Pki.Certificates(File.ReadAllText(_bundle.OwnPath)).Select(certificate => certificate.Thumbprint));
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(_bundle.BundlePath));
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(_bundle.OwnPath));
    }

    [Fact]
    public void Write_WithoutPublicRoots_OursAloneAndSaysSo()
    {
        _bundle.Write(_ca, [_state.Combine("absent")]);
        Assert.Single(Pki.Certificates(File.ReadAllText(_bundle.BundlePath)));
        Assert.Equal(1, _log.CountOf(1414));
    }

    [Fact]
    public void Write_ItsOwnOutputAsSource_IsPassedOver()
    {
        string roots = _state.Write("roots.pem", Root(out _));
        _bundle.Write(_ca, [roots]);
        string first = File.ReadAllText(_bundle.BundlePath);
        _bundle.Write(_ca, [_bundle.BundlePath, roots]);
        Assert.Equal(first, File.ReadAllText(_bundle.BundlePath));
    }

    [Fact]
    public void Write_Unchanged_LeavesTheFileAlone()
    {
        string roots = _state.Write("roots.pem", Root(out _));
        _bundle.Write(_ca, [roots]);
        File.SetLastWriteTimeUtc(_bundle.BundlePath, DateTime.UnixEpoch);
        _bundle.Write(_ca, [roots]);
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(_bundle.BundlePath));
    }

    [Fact]
    public void Write_DamagedBlock_IsLeftOut()
    {
        const string Damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        _bundle.Write(_ca, [_state.Write("roots.pem", Damaged + Root(out _))]);
        Assert.Equal(2, Pki.Certificates(File.ReadAllText(_bundle.BundlePath)).Length);
    }

    private static string Root(out string keyPem)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        keyPem = key.ExportPkcs8PrivateKeyPem();
        CertificateRequest request = new("CN=Public root", key, HashAlgorithmName.SHA256);
        using X509Certificate2 root = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return root.ExportCertificatePem();
    }
}
