// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.ControlPlane.Publishing;

/// <summary>The CA files that a policy names, read and checked here so that a bad one is the author's error and not Envoy's.</summary>
internal sealed record TrustedCas(
    ImmutableArray<string> Paths, ImmutableSortedDictionary<string, ImmutableArray<byte>> Contents, ImmutableArray<Diagnostic> Problems)
{
    public static TrustedCas Read(ValidatedPolicy policy, Func<string, DependencyReading> read, string file, int max)
    {
        SortedDictionary<string, SourceLocation> named = new(StringComparer.Ordinal);
        if (policy.TrustedCa is { } path)
        {
            named[path] = policy.TrustedCaLocation ?? new SourceLocation(file, 1, 1);
        }

        foreach (PolicyEntry entry in policy.Entries.Concat(policy.Agents.SelectMany(agent => agent.Entries)).Where(entry => entry.TrustedCa is not null))
        {
            named.TryAdd(entry.TrustedCa!, entry.TrustedCaLocation ?? entry.Location);
        }

        if (named.Count > max)
        {
            SourceLocation last = named.Values.MaxBy(location => (location.Line, location.Column))!;
            return new TrustedCas([], ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty, [new Diagnostic(
                DiagnosticCodes.BadTrustedCa, DiagnosticSeverity.Error, $"the policy names {named.Count} trusted_ca files, and at most {max} can be followed",
                last, null, "put the certificates of several upstreams into one file")]);
        }

        ImmutableSortedDictionary<string, ImmutableArray<byte>>.Builder contents = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<byte>>(StringComparer.Ordinal);
        ImmutableArray<Diagnostic>.Builder problems = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach ((string ca, SourceLocation location) in named)
        {
            DependencyReading reading = read(ca);
            if ((reading.Problem ?? FindProblem(reading.Content)) is { } problem)
            {
                problems.Add(new Diagnostic(DiagnosticCodes.BadTrustedCa, DiagnosticSeverity.Error, $"the trusted_ca file \"{ca}\" {problem}", location, null,
                    "name a PEM file with the CA certificates of the upstream"));
            }
            else
            {
                contents[ca] = reading.Content;
            }
        }

        return new TrustedCas([.. named.Keys], contents.ToImmutable(), problems.ToImmutable());
    }

    private static string? FindProblem(ImmutableArray<byte> content)
    {
        try
        {
            X509Certificate2Collection certificates = [];
            certificates.ImportFromPem(Encoding.UTF8.GetString(content.AsSpan()));
            string? problem = certificates.Count == 0 ? "holds no certificate" : null;
            foreach (X509Certificate2 certificate in certificates)
            {
                certificate.Dispose();
            }

            return problem;
        }
        catch (CryptographicException)
        {
            return "holds a certificate that cannot be read";
        }
    }
}
