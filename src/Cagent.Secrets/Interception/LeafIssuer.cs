// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.ControlPlane.Credentials;
using Cagent.Domains;

namespace Cagent.Secrets.Interception;

/// <summary>
/// Mints leaf certificates: one fresh P-256 key and exactly one DNS name each, so that a client that reuses a connection
/// (attack:A13) has no reason to send another name's request on it. Thread safe.
/// </summary>
public sealed class LeafIssuer
{
    // The same for every leaf: the name stands in the SAN alone, which has no limit of 64 characters.
    private static readonly X500DistinguishedName Subject = new("CN=Cagent intercepted host");

    private static readonly X500DistinguishedName ProxySubject = new("CN=Cagent proxy");

    private readonly TimeProvider _time;
    private readonly TimeSpan _lifetime;
    private readonly TimeSpan _backdating;
    private volatile Authority _authority;

    /// <summary>An issuer for one CA. Options are read once.</summary>
    public LeafIssuer(InterceptionCa ca, LeafOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(ca);
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfInvalid();
        _authority = new Authority(ca);
        _time = time;
        _lifetime = options.Lifetime;
        _backdating = options.Backdating;
    }

    /// <summary>
    /// Every leaf from now on is of another CA. The one before may still be signing, so it is left to the collector, which releases its key.
    /// </summary>
    public void Use(InterceptionCa ca)
    {
        ArgumentNullException.ThrowIfNull(ca);
        _authority = new Authority(ca);
    }

    /// <summary>Tells one CA from another: the certificate that signs, by its digest.</summary>
    public string AuthorityId => _authority.Ca.Certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>Mints the proxy's own certificate; null when the CA has expired.</summary>
    /// <param name="names">Host names and addresses, at least one.</param>
    public Leaf? TryIssueProxy(ImmutableArray<string> names)
    {
        SubjectAlternativeNameBuilder alternatives = new();
        foreach (string name in names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        return HostName.TryParse(names[0], out HostName? first, out _) ? TryIssue(first, alternatives, ProxySubject) : null;
    }

    /// <summary>Mints a leaf, some 0.4 ms of work; null for an address (SNI never holds one) and when the CA has expired.</summary>
    public Leaf? TryIssue(HostName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        SubjectAlternativeNameBuilder names = new();
        if (name.IsAddress)
        {
            return null;
        }
        names.AddDnsName(name.Value);
        return TryIssue(name, names, Subject);
    }

    private Leaf? TryIssue(HostName name, SubjectAlternativeNameBuilder names, X500DistinguishedName subject)
    {
        DateTimeOffset now = _time.GetUtcNow();
        Authority authority = _authority;
        DateTimeOffset notBefore = Max(now - _backdating, authority.NotBefore);
        DateTimeOffset notAfter = Min(now - _backdating + _lifetime, authority.NotAfter);
        if (notAfter <= now)
        {
            return null;
        }
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] serial = CertificateSerial.Next();
        using X509Certificate2 certificate = authority.Ca.Sign(Request(subject, names, key, authority.KeyId), notBefore, notAfter, serial);
        return new Leaf(
            name,
            certificate.ExportCertificatePem() + "\n" + authority.Ca.SentPem,
            new Secret(key.ExportPkcs8PrivateKeyPem() + "\n"),
            Convert.ToHexStringLower(serial),
            certificate.NotBefore.ToUniversalTime(),
            certificate.NotAfter.ToUniversalTime());
    }

    /// <summary>True when a leaf made anew could live longer than this one; near the CA's own end it could not.</summary>
    public bool CanOutlive(Leaf leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        return leaf.NotAfter < _authority.NotAfter;
    }

    private static CertificateRequest Request(X500DistinguishedName subject, SubjectAlternativeNameBuilder names, ECDsa key, X509Extension authorityKeyId)
    {
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(authorityKeyId);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(new PublicKey(key), critical: false));
        return request;
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private sealed class Authority(InterceptionCa ca)
    {
        public InterceptionCa Ca { get; } = ca;

        public DateTimeOffset NotBefore { get; } = ca.Certificate.NotBefore;

        public DateTimeOffset NotAfter { get; } = ca.Certificate.NotAfter;

        public X509AuthorityKeyIdentifierExtension KeyId { get; } =
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca.Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false);
    }
}
