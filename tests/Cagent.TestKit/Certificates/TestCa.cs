// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Files;

namespace Cagent.TestKit.Certificates;

/// <summary>A certificate authority of one test: an ECDSA P-256 root that issues server and client certificates. Thread safe.</summary>
public sealed class TestCa : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan Skew = TimeSpan.FromHours(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(2);
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _root;

    /// <summary>Makes the root and writes it to <see cref="RootFile"/>.</summary>
    public TestCa(string name = "Cagent Test Root")
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        _root = request.CreateSelfSigned(now - Lifetime, now + Lifetime + Lifetime);
        RootPem = _root.ExportCertificatePem() + "\n";
        RootFile = _folder.Combine("root.pem");
        File.WriteAllText(RootFile, RootPem);
    }

    /// <summary>A PEM file with the root certificate; it lives until this object is disposed.</summary>
    public string RootFile { get; }

    /// <summary>The root certificate as PEM, without its key.</summary>
    public string RootPem { get; }

    /// <summary>A collection with the root, without its key, for a client's trust.</summary>
    public X509Certificate2Collection Trust() => [X509Certificate2.CreateFromPem(RootPem)];

    /// <summary>A valid certificate for the names (DNS names, wildcards, IP addresses), with its key. The caller owns it.</summary>
    public X509Certificate2 Issue(params string[] names)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return Issue(ServerUse, now - Skew, now + Lifetime, names);
    }

    /// <summary>A valid certificate for a client with these names (DNS names, IP addresses, URIs), with its key. The caller owns it.</summary>
    public X509Certificate2 IssueClient(params string[] names)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return Issue(ClientUse, now - Skew, now + Lifetime, names);
    }

    /// <summary>The same, but it ended an hour ago.</summary>
    public X509Certificate2 IssueExpiredClient(params string[] names)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return Issue(ClientUse, now - Lifetime, now - Skew, names);
    }

    /// <summary>The same, but it ended an hour ago.</summary>
    public X509Certificate2 IssueExpired(params string[] names)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return Issue(ServerUse, now - Lifetime, now - Skew, names);
    }

    /// <summary>A certificate for the names that no authority has signed.</summary>
    public static X509Certificate2 IssueSelfSigned(params string[] names)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = Request(ServerUse, key, names).CreateSelfSigned(now - Skew, now + Lifetime);
        return Portable(certificate);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _root.Dispose();
        _folder.Dispose();
    }

    private X509Certificate2 Issue(string use, DateTimeOffset from, DateTimeOffset to, string[] names)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x01);
        using X509Certificate2 certificate = Request(use, key, names).Create(_root, from, to, serial);
        using X509Certificate2 withKey = certificate.CopyWithPrivateKey(key);
        return Portable(withKey);
    }

    private static CertificateRequest Request(string use, ECDsa key, string[] names)
    {
        CertificateRequest request = new(use == ClientUse ? "CN=cagent test client" : "CN=cagent test server", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        request.CertificateExtensions.Add(SubjectNames.Build(names));
        return request;
    }

    // A key that is attached after creation is ephemeral; SslStream wants one from a PKCS #12 on some platforms.
    private static X509Certificate2 Portable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
}
