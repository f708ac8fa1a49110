// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cagent.ControlPlane.Unix;
using Microsoft.Extensions.Logging;

namespace Cagent.Secrets.Interception;

/// <summary>
/// The files that agents trust: <c>&lt;state&gt;/ca.pem</c> with our CAs first and then this machine's public roots (an agent that
/// replaces its roots by this file keeps pass-through hosts working), <c>&lt;state&gt;/interception-ca.pem</c> with ours only, and
/// <c>&lt;state&gt;/ca.jks</c>, the first for Java.
/// </summary>
public sealed class CaBundle
{
    private readonly string _stateFolder;
    private readonly ILogger<CaBundle> _logger;

    /// <summary>Names the state folder; nothing is written yet.</summary>
    public CaBundle(string stateFolder, ILogger<CaBundle> logger)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateFolder);
        _stateFolder = Path.GetFullPath(stateFolder);
        _logger = logger;
    }

    /// <summary>The bundle with public roots.</summary>
    public string BundlePath => Path.Combine(_stateFolder, "ca.pem");

    /// <summary>Our CAs alone.</summary>
    public string OwnPath => Path.Combine(_stateFolder, "interception-ca.pem");

    /// <summary>The bundle with public roots as a trust store for Java.</summary>
    public string JavaPath => Path.Combine(_stateFolder, "ca.jks");

    /// <summary>The public roots of this machine as PEM, one certificate after the other; empty when it has none.</summary>
    public string ReadPublicRoots() => string.Concat(PublicRoots.Read(PublicRoots.Candidates(), BundlePath).Pem.Select(pem => pem + "\n"));

    /// <summary>Writes the files, each whole and only when its content differs; everybody may read them.</summary>
    public void Write(InterceptionCa ca) => Write(ca, PublicRoots.Candidates());

    internal void Write(InterceptionCa ca, IEnumerable<string> rootCandidates)
    {
        ArgumentNullException.ThrowIfNull(ca);
        Directory.CreateDirectory(_stateFolder);
        string own = string.Concat(ca.Trusted.Select(Block));
        PublicRoots roots = PublicRoots.Read(rootCandidates, except: BundlePath);
        WriteIfChanged(OwnPath, own);
        WriteIfChanged(BundlePath, own + string.Concat(roots.Pem.Select(block => block + "\n")));
        WriteIfChanged(JavaPath, JavaTrustStore.Write([.. ca.Trusted.Select(certificate => certificate.ExportCertificatePem()), .. roots.Pem]));
        if (roots.Source is null)
        {
            SecretsLog.NoPublicRoots(_logger, BundlePath);
            return;
        }
        SecretsLog.BundleWritten(_logger, BundlePath, ca.Trusted.Length, roots.Pem.Length, roots.Source);
    }

    private static string Block(X509Certificate2 certificate) => $"# Cagent interception CA\n{certificate.ExportCertificatePem()}\n";

    private static void WriteIfChanged(string path, string text) => WriteIfChanged(path, Encoding.UTF8.GetBytes(text));

    private static void WriteIfChanged(string path, byte[] content)
    {
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
        {
            AtomicFile.Write(path, content, AtomicFile.Public);
        }
    }
}
