// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Cagent.ControlPlane.Unix;

namespace Cagent.Secrets.Credentials.OAuth2;

/// <summary>
/// The key under which refresh tokens are stored: 32 random bytes in a file of mode 0600, made when first needed. Seals with AES-256-GCM,
/// bound to what a token belongs to. Thread safe after construction.
/// </summary>
internal sealed class RefreshTokenKey
{
    private const int KeyLength = 32;
    private readonly byte[] _key;

    private RefreshTokenKey(byte[] key) => _key = key;

    /// <summary>Reads the key, or makes it when <paramref name="mayCreate"/>; the message is for the operator.</summary>
    public static RefreshTokenKey? Open(string path, bool mayCreate, out string problem)
    {
        problem = "";
        try
        {
            if (mayCreate && !File.Exists(path))
            {
                AtomicFile.Write(path, RandomNumberGenerator.GetBytes(KeyLength));
            }

            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
            {
                problem = $"the key file {path} can be read by others; run chmod 600 on it";
                return null;
            }

            byte[] key = File.ReadAllBytes(path);
            problem = key.Length == KeyLength ? "" : $"the key file {path} does not hold 32 bytes";
            return key.Length == KeyLength ? new RefreshTokenKey(key) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = exception is FileNotFoundException
                ? $"the key file {path} is gone, without which the stored refresh tokens cannot be read; restore it, or delete the folder and put a new refresh token at the policy's source"
                : $"the key file {path} cannot be read or made: {exception.GetType().Name}";
            return null;
        }
    }

    /// <summary>Tells equal texts from others without showing them: a plain digest of a short token could be tried out.</summary>
    public string Mark(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes("refresh token mark\n" + text)));

    /// <summary>Nonce, cipher text and tag.</summary>
    public byte[] Seal(string text, string binding)
    {
        byte[] plain = Encoding.UTF8.GetBytes(text);
        byte[] sealedBytes = new byte[AesGcm.NonceByteSizes.MaxSize + plain.Length + AesGcm.TagByteSizes.MaxSize];
        Span<byte> nonce = sealedBytes.AsSpan(0, AesGcm.NonceByteSizes.MaxSize);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm aes = new(_key, AesGcm.TagByteSizes.MaxSize);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(nonce.Length, plain.Length), sealedBytes.AsSpan(nonce.Length + plain.Length), Encoding.UTF8.GetBytes(binding));
        CryptographicOperations.ZeroMemory(plain);
        return sealedBytes;
    }

    /// <summary>The text; null when it was not sealed with this key for this binding.</summary>
    public string? Unseal(ReadOnlySpan<byte> sealedBytes, string binding)
    {
        int length = sealedBytes.Length - AesGcm.NonceByteSizes.MaxSize - AesGcm.TagByteSizes.MaxSize;
        if (length < 1)
        {
            return null;
        }

        byte[] plain = new byte[length];
        using AesGcm aes = new(_key, AesGcm.TagByteSizes.MaxSize);
        try
        {
            aes.Decrypt(
                sealedBytes[..AesGcm.NonceByteSizes.MaxSize], sealedBytes.Slice(AesGcm.NonceByteSizes.MaxSize, length), sealedBytes[^AesGcm.TagByteSizes.MaxSize..], plain,
                Encoding.UTF8.GetBytes(binding));
            return Encoding.UTF8.GetString(plain);
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
