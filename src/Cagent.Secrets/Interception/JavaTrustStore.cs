// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Cagent.Secrets.Interception;

/// <summary>
/// Certificates as Java wants them, since it reads no PEM: a trust store of format JKS, which every Java since 1.2 takes without being told
/// the type or a password (JDK 9 and later: <c>keystore.type.compat</c>, on by default).
/// </summary>
internal static class JavaTrustStore
{
    private const uint Magic = 0xFEEDFEED;
    private const int Version = 2;
    private const int TrustedCertificate = 2;

    // Java's own store has the same one: certificates are public, and tools ask for a password all the same.
    private const string Password = "changeit";

    /// <summary>The store; the same certificates give the same bytes.</summary>
    public static byte[] Write(ImmutableArray<string> pem)
    {
        SortedDictionary<string, byte[]> certificates = new(StringComparer.Ordinal);
        foreach (string one in pem)
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(one);
            certificates.TryAdd(certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(), certificate.RawData);
        }
        ArrayBufferWriter<byte> store = new();
        Number(store, unchecked((int)Magic));
        Number(store, Version);
        Number(store, certificates.Count);
        foreach ((string fingerprint, byte[] certificate) in certificates)
        {
            Number(store, TrustedCertificate);
            Text(store, fingerprint);
            store.Write((ReadOnlySpan<byte>)[0, 0, 0, 0, 0, 0, 0, 0]); // no date: it would make another file each time
            Text(store, "X.509");
            Number(store, certificate.Length);
            store.Write(certificate);
        }
        store.Write(Digest(store.WrittenSpan));
        return store.WrittenSpan.ToArray();
    }

    private static void Number(ArrayBufferWriter<byte> store, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(store.GetSpan(sizeof(int)), value);
        store.Advance(sizeof(int));
    }

    private static void Text(ArrayBufferWriter<byte> store, string ascii)
    {
        BinaryPrimitives.WriteUInt16BigEndian(store.GetSpan(sizeof(ushort)), (ushort)ascii.Length);
        store.Advance(sizeof(ushort));
        store.Write(Encoding.ASCII.GetBytes(ascii));
    }

#pragma warning disable CA5350 // The format prescribes SHA-1; it guards against damage, the file's owner against everything else.
    private static byte[] Digest(ReadOnlySpan<byte> store) =>
        SHA1.HashData([.. Encoding.BigEndianUnicode.GetBytes(Password), .. "Mighty Aphrodite"u8, .. store]);
#pragma warning restore CA5350
}
