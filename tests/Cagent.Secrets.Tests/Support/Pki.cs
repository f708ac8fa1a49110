// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using Cagent.Domains;
using Cagent.Secrets.Interception;
using Cagent.TestKit.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Secrets.Tests.Support;

/// <summary>Shortcuts to what most tests of the interception need.</summary>
internal static class Pki
{
    public static InterceptionCa Open(TemporaryFolder state, TimeProvider time) =>
        new InterceptionCaStore(state.Path, time, NullLogger<InterceptionCaStore>.Instance).OpenOrCreate();

    public static HostName Host(string text)
    {
        Assert.True(HostName.TryParse(text, out HostName? host, out string? problem), problem);
        return host;
    }

    public static X509Certificate2[] Certificates(string pem)
    {
        X509Certificate2Collection collection = [];
        collection.ImportFromPem(pem);
        return [.. collection];
    }

    /// <summary>What a client that trusts these roots alone makes of a chain; empty when it accepts it.</summary>
    public static string Verify(string chainPem, IEnumerable<X509Certificate2> roots, DateTimeOffset at)
    {
        X509Certificate2[] sent = Certificates(chainPem);
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots.ToArray());
        chain.ChainPolicy.ExtraStore.AddRange(sent[1..]);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = at.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        return chain.Build(sent[0]) ? "" : string.Join(',', chain.ChainStatus.Select(status => status.Status));
    }
}
