// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.Secrets.Interception;
using Cagent.Secrets.Tests.Support;
using Cagent.TestKit.Files;
using Cagent.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Secrets.Tests.Interception;

/// <summary>A CA that would fail in some client later is refused at once, with words that say what to give instead.</summary>
public sealed class CaImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Import_Root_SignsLeavesThatItsHoldersAccept(bool isRsa)
    {
        using Authority root = Make("Corp root", shape: new AuthorityShape { Key = isRsa ? RSA.Create(2048) : null });
        using CaImport import = Read(root);
        Assert.Empty(import.Chain);
        using InterceptionCa ca = Take(import);
        Leaf? leaf = new LeafIssuer(ca, new LeafOptions(), _time).TryIssue(Pki.Host("api.good.test"));
        Assert.Equal("", Pki.Verify(leaf!.ChainPem, [root.Certificate], _time.GetUtcNow()));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(_folder.Combine("state/pki/ca.key")));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(_folder.Combine("state/pki")));
    }

    [Fact]
    public void Import_IntermediateWithChainInAnyOrder_SendsItAndTrustsTheRoot()
    {
        using Authority root = Make("Corp root");
        using Authority middle = Make("Corp middle", root);
        using Authority issuing = Make("Corp agents", middle, new AuthorityShape { PathLength = 0 });
        using CaImport import = Read(issuing, root.Pem + middle.Pem);
        Assert.Equal(["CN=Corp middle", "CN=Corp root"], import.Chain.Select(one => one.Subject));
        using InterceptionCa ca = Take(import);
        Leaf leaf = new LeafIssuer(ca, new LeafOptions(), _time).TryIssue(Pki.Host("api.good.test"))!;
        // The leaf and both intermediates are sent; whoever has the root alone accepts it.
        Assert.Equal(3, Pki.Certificates(leaf.ChainPem).Length);
        Assert.Equal("", Pki.Verify(leaf.ChainPem, [root.Certificate], _time.GetUtcNow()));
        Assert.Equal(["CN=Corp agents", "CN=Corp middle", "CN=Corp root"], ca.Trusted.Select(one => one.Subject));
    }

    [Fact]
    public void Import_OverACa_IsRefused()
    {
        using Authority root = Make("Corp root");
        Life().Create();
        string before = File.ReadAllText(_folder.Combine("state/pki/ca.crt"));
        using CaImport import = Read(root);
        Assert.Contains("--rotate", Assert.Throws<InterceptionCaException>(() => Life().Import(import)).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_folder.Combine("state/pki/ca.crt")));
    }

    [Fact]
    public void Read_KeyOfAnother_IsRefused()
    {
        using Authority root = Make("Corp root");
        using Authority other = Make("Other");
        AssertRefused("does not belong to certificate", root.Pem, other.KeyPem);
    }

    [Fact]
    public void Read_KeyThatOthersRead_IsRefused()
    {
        using Authority root = Make("Corp root");
        AssertRefused("chmod 600", root.Pem, root.KeyPem, mode: 0b110_100_100);
    }

    [Fact]
    public void Read_EncryptedKey_SaysHowToDecrypt()
    {
        using Authority root = Make("Corp root");
        string encrypted = root.Key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        AssertRefused("openssl pkey", root.Pem, encrypted);
    }

    [Fact]
    public void Read_NoAuthority_IsRefused() => AssertShape("CA:TRUE", new AuthorityShape { IsAuthority = false });

    [Fact]
    public void Read_WithoutKeyCertSign_IsRefused() => AssertShape("keyCertSign", new AuthorityShape { Usage = X509KeyUsageFlags.DigitalSignature });

    [Fact]
    public void Read_WithoutKeyUsage_IsRefused() => AssertShape("has no key usage", new AuthorityShape { Usage = null });

    [Fact]
    public void Read_WithoutKeyId_IsRefused() => AssertShape("no subject key identifier", new AuthorityShape { HasKeyId = false });

    [Fact]
    public void Read_Expired_IsRefused() => AssertShape("has expired; give one that is valid", new AuthorityShape { Lifetime = TimeSpan.FromHours(12) });

    [Fact]
    public void Read_SmallRsa_IsRefused() => AssertShape("RSA of 1024 bits", new AuthorityShape { Key = RSA.Create(1024) });

    [Fact]
    public void Read_ForClientAuthenticationOnly_IsRefused() => AssertShape(
        "clients would refuse", new AuthorityShape { Extension = new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false) });

    [Fact]
    public void Read_PathLengthAboveAllowsNoCaBelow_IsRefused()
    {
        using Authority root = Make("Corp root", shape: new AuthorityShape { PathLength = 0 });
        using Authority issuing = Make("Corp agents", root);
        AssertRefused("clients would refuse", issuing.Pem, issuing.KeyPem, root.Pem);
    }

    [Fact]
    public void Read_ChainOfAnother_IsRefused()
    {
        using Authority root = Make("Corp root");
        using Authority impostor = Make("Corp root");
        using Authority issuing = Make("Corp agents", root);
        AssertRefused("clients would refuse", issuing.Pem, issuing.KeyPem, impostor.Pem);
    }

    [Fact]
    public void Read_IntermediateWithoutItsRoot_AsksForTheChain()
    {
        using Authority root = Make("Corp root");
        using Authority issuing = Make("Corp agents", root);
        AssertRefused("chain stops at \"CN=Corp root\"; give the certificates up to the root with --chain", issuing.Pem, issuing.KeyPem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void Read_NoCertificate_NamesTheFile(string text)
    {
        using Authority root = Make("Corp root");
        AssertRefused(_folder.Combine("cert.pem"), text, root.KeyPem);
    }

    [Fact]
    public void Read_NameConstraints_AreTold()
    {
        // permitted: dNSName good.test (RFC 5280 4.2.1.10)
        byte[] permitted = [0x30, 0x0F, 0xA0, 0x0D, 0x30, 0x0B, 0x82, 0x09, .. "good.test"u8];
        using Authority root = Make("Corp root", shape: new AuthorityShape { Extension = new X509Extension("2.5.29.30", permitted, critical: true) });
        using CaImport import = Read(root);
        Assert.True(import.HasNameConstraints);
    }

    private void AssertShape(string expected, AuthorityShape shape)
    {
        using Authority root = Make("Corp root", shape: shape);
        AssertRefused(expected, root.Pem, root.KeyPem);
    }

    private void AssertRefused(string expected, string certificate, string key, string? chain = null, int mode = 0b110_000_000)
    {
        string message = Assert.Throws<InterceptionCaException>(() => Read(certificate, key, chain, mode)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", message, StringComparison.Ordinal);
    }

    private Authority Make(string name, Authority? issuer = null, AuthorityShape? shape = null) =>
        Authority.Create(name, issuer, (shape ?? new AuthorityShape()) with { Now = _time.GetUtcNow() });

    private CaImport Read(Authority authority, string? chain = null) => Read(authority.Pem, authority.KeyPem, chain, 0b110_000_000);

    private CaImport Read(string certificate, string key, string? chain, int mode)
    {
        string keyPath = _folder.Write("key.pem", key);
        File.SetUnixFileMode(keyPath, (UnixFileMode)mode);
        return CaImport.Read(_folder.Write("cert.pem", certificate), keyPath, chain is null ? null : _folder.Write("chain.pem", chain), _time.GetUtcNow());
    }

    private InterceptionCa Take(CaImport import)
    {
        Life().Import(import);
        return Store().OpenOrCreate();
    }

    private CaLife Life() => new(_folder.Combine("state"), _time, Store());

    private InterceptionCaStore Store() => new(_folder.Combine("state"), _time, NullLogger<InterceptionCaStore>.Instance);
}
