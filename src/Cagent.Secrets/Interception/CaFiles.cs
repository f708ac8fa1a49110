// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cagent.ControlPlane.Unix;

namespace Cagent.Secrets.Interception;

/// <summary>Reads and writes one CA pair in the PKI folder and refuses what is not safe to use.</summary>
internal static class CaFiles
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    /// <summary>Refuses a folder in which somebody else could put another key.</summary>
    public static void CheckFolder(string folder)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(folder) & OthersWrite) != 0)
        {
            throw new InterceptionCaException($"folder {folder} can be written by others; run: chmod 700 {folder}");
        }
    }

    /// <summary>Reads a private key, ECDSA or RSA, that only its owner may read.</summary>
    public static AsymmetricAlgorithm ReadKey(string path)
    {
        byte[] bytes;
        using (FileStream stream = Open(path))
        {
            // Asked of the open file, not of its name: the two cannot differ.
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & Others) is var others and not 0)
            {
                throw new InterceptionCaException($"key {path} is open to others (mode bits {Convert.ToString((int)others, 8)} beyond the owner's); run: chmod 600 {path}, and consider the key known to whoever could read it");
            }
            bytes = new byte[checked((int)stream.Length)];
            stream.ReadExactly(bytes);
        }
        try
        {
            return ImportKey(Encoding.ASCII.GetString(bytes));
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new InterceptionCaException($"key {path} is not an unencrypted EC or RSA private key in PEM; restore it from a backup", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Reads the certificate of an authority, whatever its age.</summary>
    public static X509Certificate2 ReadCertificate(string path)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(File.ReadAllText(path));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InterceptionCaException($"certificate {path} cannot be read; restore it from a backup", e);
        }
        if (!IsAuthority(certificate))
        {
            certificate.Dispose();
            throw new InterceptionCaException($"certificate {path} is not a certificate authority that may sign; use a CA certificate");
        }
        return certificate;
    }

    /// <summary>Reads what stands behind the authority in its file: the certificates up to its root.</summary>
    public static ImmutableArray<X509Certificate2> ReadChain(string path)
    {
        try
        {
            X509Certificate2Collection all = [];
            all.ImportFromPemFile(path);
            return [.. all.Skip(1)];
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InterceptionCaException($"certificate {path} cannot be read; restore it from a backup", e);
        }
    }

    /// <summary>Refuses an issuing certificate outside its time.</summary>
    public static void CheckTime(X509Certificate2 certificate, string path, DateTimeOffset now, string? expired = null)
    {
        if (now >= certificate.NotAfter)
        {
            throw new InterceptionCaException(expired ?? $"certificate {path} has expired; move it and its key away, start again, and give every agent the new bundle (docs/ca.md)");
        }
        if (now < certificate.NotBefore)
        {
            throw new InterceptionCaException($"certificate {path} is not valid yet; check this machine's clock");
        }
    }

    /// <summary>Refuses a certificate and a key that do not belong together.</summary>
    public static void CheckPair(X509Certificate2 certificate, AsymmetricAlgorithm key, string certificatePath, string keyPath)
    {
        if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
        {
            throw new InterceptionCaException($"certificate {certificatePath} does not belong to key {keyPath}; restore both from the same backup");
        }
    }

    /// <summary>Writes a key; false when there already is one, which is never overwritten.</summary>
    public static bool TryWriteKey(string path, AsymmetricAlgorithm key)
    {
        try
        {
            AtomicFile.Write(path, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"), AtomicFile.Private, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    /// <summary>Writes a certificate, and behind it those up to its root.</summary>
    public static void WriteCertificate(string path, X509Certificate2 certificate, params IEnumerable<X509Certificate2> chain) => AtomicFile.Write(
        path, Encoding.ASCII.GetBytes(string.Concat(chain.Prepend(certificate).Select(one => one.ExportCertificatePem() + "\n"))), AtomicFile.Public);

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InterceptionCaException($"key {path} cannot be read; it must belong to the user that runs this process", e);
        }
    }

    // PKCS#8 does not tell which it is before it is read.
    private static AsymmetricAlgorithm ImportKey(string pem)
    {
        ECDsa ec = ECDsa.Create();
        try
        {
            ec.ImportFromPem(pem);
            _ = ec.ExportParameters(includePrivateParameters: true);
            return ec;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            ec.Dispose();
        }
        RSA rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            _ = rsa.ExportParameters(includePrivateParameters: true);
            return rsa;
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    internal static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority)
        && certificate.Extensions.OfType<X509KeyUsageExtension>().All(usage => usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign));
}
