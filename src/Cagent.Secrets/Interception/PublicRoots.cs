// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cagent.Secrets.Interception;

/// <summary>The public roots of this machine, as the files of the usual distributions hold them.</summary>
/// <param name="Source">The file; null when there is none.</param>
/// <param name="Pem">One PEM block for each certificate.</param>
internal sealed record PublicRoots(string? Source, ImmutableArray<string> Pem)
{
    private const string CertificateLabel = "CERTIFICATE";

    private static readonly ImmutableArray<string> WellKnown =
    [
        "/etc/ssl/certs/ca-certificates.crt", // Debian, Alpine, Arch
        "/etc/pki/tls/certs/ca-bundle.crt",   // Fedora, RHEL
        "/etc/ssl/ca-bundle.pem",             // SUSE
        "/etc/ssl/cert.pem",                  // BSD, macOS, small images
    ];

    /// <summary>The places to look at: SSL_CERT_FILE first.</summary>
    public static ImmutableArray<string> Candidates() =>
        Environment.GetEnvironmentVariable("SSL_CERT_FILE") is { Length: > 0 } file ? [file, .. WellKnown] : WellKnown;

    /// <summary>Reads the first candidate that holds a certificate; <paramref name="except"/>, our own output, is never one.</summary>
    public static PublicRoots Read(IEnumerable<string> candidates, string except)
    {
        foreach (string candidate in candidates)
        {
            // Cagent started with an agent's environment would otherwise feed the bundle to itself and keep retired CAs for ever.
            if (Path.GetFullPath(candidate) != except && TryRead(candidate) is { Length: > 0 } certificates)
            {
                return new PublicRoots(candidate, certificates);
            }
        }
        return new PublicRoots(null, []);
    }

    // Block by block, certificates only: a file that also holds a private key must not end up in a file that everybody reads.
    private static ImmutableArray<string> TryRead(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
        ImmutableArray<string>.Builder blocks = ImmutableArray.CreateBuilder<string>();
        for (ReadOnlySpan<char> rest = text; PemEncoding.TryFind(rest, out PemFields fields); rest = rest[fields.Location.End..])
        {
            if (rest[fields.Label].SequenceEqual(CertificateLabel) && IsCertificate(rest[fields.Location]))
            {
                blocks.Add(rest[fields.Location].ToString());
            }
        }
        return blocks.ToImmutable();
    }

    private static bool IsCertificate(ReadOnlySpan<char> pem)
    {
        try
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(pem);
            return true;
        }
        catch (CryptographicException)
        {
            // One damaged block makes some clients refuse the whole bundle, so it is left out.
            return false;
        }
    }
}
