// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.ControlPlane.Unix;

namespace Cagent.Secrets.Interception;

/// <summary>
/// Puts <c>ca-next</c> in the place of <c>ca</c>, in steps of one rename each. Between them every reader sees a pair that works or the
/// one state that <see cref="Finish"/> completes, so that a crash at any moment loses neither the new CA nor trust in the old one.
/// </summary>
internal static class CaPromotion
{
    /// <summary>Promotes; the caller has checked that the next pair is there and good.</summary>
    public static void Run(string folder)
    {
        // First what agents still have to trust: a copy, so that the pair in force stays whole.
        AtomicFile.Write(Path.Combine(folder, "ca-previous.crt"), File.ReadAllBytes(Path.Combine(folder, "ca.crt")), AtomicFile.Public);
        File.Move(Path.Combine(folder, "ca-next.key"), Path.Combine(folder, "ca.key"), overwrite: true);
        MoveNextCertificate(folder);
    }

    /// <summary>Completes a promotion that ended between its two renames: the key is the next one's, the certificate not yet.</summary>
    public static void Finish(string folder)
    {
        string next = Path.Combine(folder, "ca-next.crt");
        string key = Path.Combine(folder, "ca.key");
        if (!File.Exists(next) || File.Exists(Path.Combine(folder, "ca-next.key")) || !File.Exists(key))
        {
            return;
        }
        using X509Certificate2 certificate = CaFiles.ReadCertificate(next);
        using AsymmetricAlgorithm current = CaFiles.ReadKey(key);
        if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(current.ExportSubjectPublicKeyInfo()))
        {
            return; // trusted only, without a key of its own here
        }
        MoveNextCertificate(folder);
    }

    private static void MoveNextCertificate(string folder)
    {
        try
        {
            File.Move(Path.Combine(folder, "ca-next.crt"), Path.Combine(folder, "ca.crt"), overwrite: true);
        }
        catch (FileNotFoundException)
        {
            // Another process saw the key moved and has just finished this.
        }
    }
}
