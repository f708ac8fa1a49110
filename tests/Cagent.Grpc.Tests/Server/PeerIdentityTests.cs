// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.Grpc.Server;
using Cagent.TestKit.Certificates;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Server;

public class PeerIdentityTests
{
    private const string AlternativeName = "2.5.29.17";

    [Fact]
    public void From_NoCertificate_IsNobody() => Assert.False(PeerIdentity.From(null).IsPeerAuthenticated);

    [Fact]
    public void From_CertificateWithoutAlternativeNames_IsItsCommonName()
    {
        AuthContext context = PeerIdentity.From(With(null));

        Assert.Equal("x509_common_name", context.PeerIdentityPropertyName);
        Assert.Equal("somebody", context.PeerIdentity.Single().Value);
    }

    [Fact]
    public void From_AlternativeNamesCutAnywhere_IsNobody()
    {
        byte[] names = Names("a.test", "spiffe://test/b", "10.0.0.1", "::1");
        Assert.Equal(["a.test", "spiffe://test/b", "10.0.0.1", "::1"], PeerIdentity.From(With(names)).PeerIdentity.Select(name => name.Value));
        for (int length = 0; length < names.Length; length++)
        {
            Assert.False(PeerIdentity.From(With(names[..length])).IsPeerAuthenticated);
        }
    }

    [Fact]
    public void From_AlternativeNamesWithAnyByteChanged_NeverThrows()
    {
        byte[] names = Names("a.test", "10.0.0.1");
        for (int i = 0; i < names.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = [.. names];
                changed[i] ^= (byte)(1 << bit);
                PeerIdentity.From(With(changed));
            }
        }
    }

    private static byte[] Names(params string[] names)
    {
        using TestCa ca = new();
        using X509Certificate2 certificate = ca.IssueClient(names);
        return certificate.Extensions[AlternativeName]!.RawData;
    }

    private static X509Certificate2 With(byte[]? names)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=somebody", key, HashAlgorithmName.SHA256);
        if (names is not null)
        {
            request.CertificateExtensions.Add(new X509Extension(AlternativeName, names, critical: false));
        }

        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now, now.AddHours(1));
    }
}
