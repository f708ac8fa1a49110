// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cagent.Compiler;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.ControlPlane.Publishing;

/// <summary>
/// The CA files of the trust domains, read with every revision and followed like the policy's own files: a file that is broken, or half written,
/// changes nothing, and the CAs of the last good revision stay.
/// </summary>
/// <param name="Contents">What each file holds.</param>
/// <param name="Problems">What is wrong with them.</param>
internal sealed record TrustBundleFiles(ImmutableSortedDictionary<string, ImmutableArray<byte>> Contents, ImmutableArray<Diagnostic> Problems)
{
    public static TrustBundleFiles Read(ValidatedPolicy policy, AgentListen listen, Func<string, DependencyReading> read, string file)
    {
        ImmutableSortedDictionary<string, ImmutableArray<byte>>.Builder contents = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<byte>>(StringComparer.Ordinal);
        ImmutableArray<Diagnostic>.Builder problems = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach ((string domain, string path) in policy.HasAgents ? listen.TrustBundles : listen.TrustBundles.Clear())
        {
            DependencyReading reading = read(path);
            contents[path] = reading.Problem is null ? reading.Content : [];
            if ((reading.Problem ?? FindProblem(reading.Content)) is { } problem)
            {
                problems.Add(new Diagnostic(DiagnosticCodes.BadTrustBundle, DiagnosticSeverity.Error, $"the trust bundle \"{path}\" of {domain} {problem}",
                    new SourceLocation(file, 1, 1), null, "write a PEM file with the CA certificates of the trust domain, old and new ones during a rotation"));
            }
        }

        return new TrustBundleFiles(contents.ToImmutable(), problems.ToImmutable());
    }

    private static string? FindProblem(ImmutableArray<byte> content)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(content.AsSpan()));
            return certificates.Count == 0 ? "holds no certificate"
                : certificates.Any(certificate => certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true })
                    ? "holds a certificate that is no CA's"
                : null;
        }
        catch (CryptographicException)
        {
            return "holds a certificate that cannot be read";
        }
        finally
        {
            foreach (X509Certificate2 certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }
}
