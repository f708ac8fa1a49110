// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Cagent.Secrets.Credentials.Http;

/// <summary>The roots of a file, in the place of the system's.</summary>
internal sealed class CustomRoots
{
    private const int MaxBytes = 1024 * 1024;

    private readonly X509Certificate2Collection _certificates = [];

    private CustomRoots(byte[] pem)
    {
        Sha256 = Convert.ToHexString(SHA256.HashData(pem));
        _certificates.ImportFromPem(Encoding.UTF8.GetString(pem));
    }

    public string Sha256 { get; }

    /// <summary>Reads; true with null when no file is named. The problem has no part of the file in it.</summary>
    public static bool TryRead(string? path, out CustomRoots? roots, [NotNullWhen(false)] out string? problem)
    {
        roots = null;
        problem = null;
        if (path is null)
        {
            return true;
        }

        try
        {
            FileInfo file = new(path);
            if (!file.Exists || file.Length is 0 or > MaxBytes)
            {
                problem = $"the CA file {path} does not exist, is empty or larger than 1 MiB";
                return false;
            }

            roots = new CustomRoots(File.ReadAllBytes(path));
            problem = roots._certificates.Count == 0 ? $"the CA file {path} has no certificate in PEM in it" : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            problem = $"the CA file {path} cannot be read";
        }

        return problem is null;
    }

    /// <summary>What a chain must fulfil. Names and times are checked as always.</summary>
    public X509ChainPolicy Policy()
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_certificates);
        return policy;
    }
}
