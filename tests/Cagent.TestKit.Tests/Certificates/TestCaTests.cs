// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Certificates;

namespace Cagent.TestKit.Tests.Certificates;

public sealed class TestCaTests : IDisposable
{
    private readonly TestCa _ca = new();

    [Fact]
    public void RootFile_HoldsTheRootAndNoKey()
    {
        string pem = File.ReadAllText(_ca.RootFile);
        Assert.Equal(_ca.RootPem, pem);
        Assert.DoesNotContain("PRIVATE", pem, StringComparison.Ordinal);
        Assert.False(_ca.Trust()[0].HasPrivateKey);
    }

    [Fact]
    public void Issue_Names_AreInTheCertificate()
    {
        using X509Certificate2 certificate = _ca.Issue("a.example.com", "*.b.example.com", "127.0.0.1");
        Assert.True(certificate.MatchesHostname("a.example.com"));
        Assert.True(certificate.MatchesHostname("x.b.example.com"));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));
        Assert.False(certificate.MatchesHostname("b.example.com"));
        Assert.True(Builds(certificate));
    }

    [Fact]
    public void Issue_NulInName_IsWrittenAsItIs()
    {
        using X509Certificate2 certificate = _ca.Issue("evil.example.com\0.good.example.com");
        byte[] names = certificate.Extensions["2.5.29.17"]!.RawData;
        Assert.True(names.AsSpan().IndexOf("evil.example.com\0.good.example.com"u8) > 0);
    }

    [Fact]
    public void Issue_BadVariants_DoNotBuild()
    {
        using X509Certificate2 expired = _ca.IssueExpired("a.example.com");
        using X509Certificate2 selfSigned = TestCa.IssueSelfSigned("a.example.com");
        Assert.False(Builds(expired));
        Assert.False(Builds(selfSigned));
    }

    public void Dispose() => _ca.Dispose();

    private bool Builds(X509Certificate2 certificate)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(_ca.Trust());
        return chain.Build(certificate);
    }
}
