// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.Secrets.Interception;
using Cagent.Secrets.Tests.Support;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Secrets.Tests.Interception;

public sealed class InterceptionCaTests : IDisposable
{
    private readonly TemporaryFolder _state = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void OpenOrCreate_FirstStart_MakesAnAuthorityForLeavesOnly()
    {
        using InterceptionCa ca = Pki.Open(_state, _time);
        X509Certificate2 certificate = ca.Certificate;
        X509BasicConstraintsExtension constraints = Assert.Single(certificate.Extensions.OfType<X509BasicConstraintsExtension>());
        Assert.True(constraints is { CertificateAuthority: true, HasPathLengthConstraint: true, PathLengthConstraint: 0, Critical: true });
        X509KeyUsageExtension usage = Assert.Single(certificate.Extensions.OfType<X509KeyUsageExtension>());
        Assert.Equal(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, usage.KeyUsages);
        Assert.True(usage.Critical);
        string keyId = Assert.Single(certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>()).SubjectKeyIdentifier!;
        Assert.Equal($"CN=Cagent interception CA {keyId[..8].ToLowerInvariant()}", certificate.Subject);
        Assert.Equal(certificate.Subject, certificate.Issuer);
        Assert.Equal("1.2.840.10045.4.3.2", certificate.SignatureAlgorithm.Value);
        Assert.Equal(256, certificate.GetECDsaPublicKey()!.KeySize);
        Assert.Equal(_time.GetUtcNow().AddHours(-1), certificate.NotBefore);
        Assert.Equal(_time.GetUtcNow().AddHours(-1).AddYears(10), certificate.NotAfter);
        Assert.False(certificate.HasPrivateKey);
    }

    [Fact]
    public void OpenOrCreate_FirstStart_KeyIsTheOwnersAlone()
    {
        Pki.Open(_state, _time).Dispose();
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(_state.Combine("pki")));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(_state.Combine("pki/ca.key")));
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(_state.Combine("pki/ca.crt")));
        Assert.Equal(["ca.crt", "ca.key"], Directory.GetFiles(_state.Combine("pki")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void OpenOrCreate_Restart_KeepsTheAuthorityToTheByte()
    {
        Pki.Open(_state, _time).Dispose();
        (string Certificate, string Key) before = (File.ReadAllText(_state.Combine("pki/ca.crt")), File.ReadAllText(_state.Combine("pki/ca.key")));
        _time.Advance(TimeSpan.FromDays(400));
        using InterceptionCa again = Pki.Open(_state, _time);
        Assert.Equal(before, (File.ReadAllText(_state.Combine("pki/ca.crt")), File.ReadAllText(_state.Combine("pki/ca.key"))));
        Assert.Equal(before.Certificate, again.CertificatePem);
    }

    [Fact]
    public async Task OpenOrCreate_ManyAtOnce_OneKey()
    {
        InterceptionCa[] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Pki.Open(_state, _time))));
        Assert.Single(all.Select(ca => ca.Certificate.GetPublicKeyString()).Distinct());
        Array.ForEach(all, ca => ca.Dispose());
    }

    [Theory]
    [InlineData(0b110_100_000)]
    [InlineData(0b110_000_100)]
    [InlineData(0b110_010_000)]
    [InlineData(0b110_000_001)]
    public void OpenOrCreate_KeyOpenToOthers_RefusesWithTheCure(int mode)
    {
        Pki.Open(_state, _time).Dispose();
        File.SetUnixFileMode(_state.Combine("pki/ca.key"), (UnixFileMode)mode);
        Assert.Contains($"chmod 600 {_state.Combine("pki/ca.key")}", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void OpenOrCreate_LinkToAnOpenKey_Refuses()
    {
        Pki.Open(_state, _time).Dispose();
        File.Move(_state.Combine("pki/ca.key"), _state.Combine("elsewhere.key"));
        File.SetUnixFileMode(_state.Combine("elsewhere.key"), (UnixFileMode)0b110_100_100);
        File.CreateSymbolicLink(_state.Combine("pki/ca.key"), _state.Combine("elsewhere.key"));
        Assert.Contains("chmod 600", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void OpenOrCreate_FolderThatOthersWrite_Refuses()
    {
        Directory.CreateDirectory(_state.Combine("pki"));
        File.SetUnixFileMode(_state.Combine("pki"), (UnixFileMode)0b111_111_111);
        Assert.Contains($"chmod 700 {_state.Combine("pki")}", Refusal(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_state.Combine("pki")));
    }

    [Fact]
    public void OpenOrCreate_PairThatDoesNotMatch_Refuses()
    {
        using TemporaryFolder other = new();
        Pki.Open(_state, _time).Dispose();
        Pki.Open(other, _time).Dispose();
        File.Copy(other.Combine("pki/ca.crt"), _state.Combine("pki/ca.crt"), overwrite: true);
        Assert.Contains("does not belong to key", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void OpenOrCreate_CertificateWithoutKey_RefusesRatherThanChangeWhatAgentsTrust()
    {
        Pki.Open(_state, _time).Dispose();
        File.Delete(_state.Combine("pki/ca.key"));
        Assert.Contains("restore the key", Refusal(), StringComparison.Ordinal);
        Assert.False(File.Exists(_state.Combine("pki/ca.key")));
    }

    [Fact]
    public void OpenOrCreate_KeyWithoutCertificate_CertifiesTheSameKeyUnderTheSameName()
    {
        X509Certificate2 before;
        using (InterceptionCa ca = Pki.Open(_state, _time))
        {
            before = X509Certificate2.CreateFromPem(ca.CertificatePem);
        }
        File.Delete(_state.Combine("pki/ca.crt"));
        using InterceptionCa again = Pki.Open(_state, _time);
        Assert.Equal(before.Subject, again.Certificate.Subject);
        Assert.Equal(before.GetPublicKeyString(), again.Certificate.GetPublicKeyString());
        Leaf? leaf = new LeafIssuer(again, new LeafOptions(), _time).TryIssue(Pki.Host("api.good.test"));
        Assert.Equal("", Pki.Verify(Pki.Certificates(leaf!.ChainPem)[0].ExportCertificatePem(), [before], _time.GetUtcNow()));
    }

    [Theory]
    [InlineData("ca.key", "")]
    [InlineData("ca.key", "not a key")]
    [InlineData("ca.crt", "")]
    [InlineData("ca.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void OpenOrCreate_Damaged_RefusesAndLeavesTheFileAlone(string file, string content)
    {
        Pki.Open(_state, _time).Dispose();
        File.WriteAllText(_state.Combine($"pki/{file}"), content);
        Assert.Contains(_state.Combine($"pki/{file}"), Refusal(), StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(_state.Combine($"pki/{file}")));
    }

    [Fact]
    public void OpenOrCreate_NotAnAuthority_Refuses()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=somebody", key, HashAlgorithmName.SHA256);
        using X509Certificate2 plain = request.CreateSelfSigned(_time.GetUtcNow().AddHours(-1), _time.GetUtcNow().AddDays(1));
        _state.Write("pki/ca.key", key.ExportPkcs8PrivateKeyPem());
        _state.Write("pki/ca.crt", plain.ExportCertificatePem());
        File.SetUnixFileMode(_state.Combine("pki"), (UnixFileMode)0b111_000_000);
        Assert.Contains("not a certificate authority", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void OpenOrCreate_Expired_Refuses()
    {
        Pki.Open(_state, _time).Dispose();
        _time.Advance(TimeSpan.FromDays(3653));
        Assert.Contains("has expired", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rotation_StepByStep_EveryLeafVerifiesForAgentsOfTheStepBefore()
    {
        InterceptionCaStore store = Store();
        using InterceptionCa first = store.OpenOrCreate();
        store.PrepareNext();
        string next = File.ReadAllText(_state.Combine("pki/ca-next.crt"));
        store.PrepareNext();
        Assert.Equal(next, File.ReadAllText(_state.Combine("pki/ca-next.crt")));
        using InterceptionCa prepared = store.OpenOrCreate();
        Assert.Equal(first.CertificatePem, prepared.CertificatePem);
        Assert.Equal(2, prepared.Trusted.Length);

        File.Move(_state.Combine("pki/ca.crt"), _state.Combine("pki/ca-previous.crt"));
        File.Move(_state.Combine("pki/ca-next.key"), _state.Combine("pki/ca.key"), overwrite: true);
        File.Move(_state.Combine("pki/ca-next.crt"), _state.Combine("pki/ca.crt"));
        using InterceptionCa promoted = store.OpenOrCreate();
        Assert.Equal(next, promoted.CertificatePem);
        Assert.Equal(2, promoted.Trusted.Length);

        Leaf? old = new LeafIssuer(first, new LeafOptions(), _time).TryIssue(Pki.Host("api.good.test"));
        Leaf? fresh = new LeafIssuer(promoted, new LeafOptions(), _time).TryIssue(Pki.Host("api.good.test"));
        Assert.Equal("", Pki.Verify(old!.ChainPem, promoted.Trusted, _time.GetUtcNow()));
        Assert.Equal("", Pki.Verify(fresh!.ChainPem, prepared.Trusted, _time.GetUtcNow()));
        Assert.NotEqual("", Pki.Verify(fresh.ChainPem, first.Trusted, _time.GetUtcNow()));
    }

    [Fact]
    public void OpenOrCreate_PreviousHasExpired_StartsWithoutIt()
    {
        InterceptionCaStore store = Store();
        store.OpenOrCreate().Dispose();
        File.Move(_state.Combine("pki/ca.crt"), _state.Combine("pki/ca-previous.crt"));
        File.Delete(_state.Combine("pki/ca.key"));
        _time.Advance(TimeSpan.FromDays(3653));
        using InterceptionCa ca = store.OpenOrCreate();
        Assert.Single(ca.Trusted);
    }

    [Fact]
    public void Logs_OfMakingAndOpening_HoldNoKey()
    {
        RecordingLogger<InterceptionCaStore> log = new();
        InterceptionCaStore store = new(_state.Path, _time, log);
        store.OpenOrCreate().Dispose();
        store.OpenOrCreate().Dispose();
        string body = string.Concat(File.ReadAllLines(_state.Combine("pki/ca.key"))[1..^1]);
        Assert.Equal(1, log.CountOf(1410));
        Assert.DoesNotContain(body[..20], log.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", log.Everything, StringComparison.Ordinal);
    }

    private InterceptionCaStore Store() => new(_state.Path, _time, NullLogger<InterceptionCaStore>.Instance);

    private string Refusal() => Assert.Throws<InterceptionCaException>(() => Store().OpenOrCreate()).Message;
}
