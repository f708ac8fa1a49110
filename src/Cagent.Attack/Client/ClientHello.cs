// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Cagent.Attack.Client;

/// <summary>
/// A TLS 1.3 ClientHello in exact bytes, with server names that no TLS library would send. It is well-formed, so whoever accepts it answers it;
/// nobody can go on with it.
/// </summary>
internal static class ClientHello
{
    private const ushort ServerName = 0;
    private const ushort SupportedGroups = 10;
    private const ushort SignatureAlgorithms = 13;
    private const ushort Alpn = 16;
    private const ushort SupportedVersions = 43;
    private const ushort KeyShare = 51;
    private const ushort EncryptedClientHello = 0xfe0d;

    /// <summary>The hello in one record (RFC 8446, section 4.1.2), with these names in server_name; without names, without the extension.</summary>
    public static byte[] Of(params string[] serverNames) => Record(Names(serverNames));

    /// <summary>The same with an encrypted_client_hello extension of random content, as an outer hello has it.</summary>
    public static byte[] WithEncryptedInner(string outerName) => Record(
    [
        .. Names(outerName),
        .. Extension(EncryptedClientHello, [0, 0, 1, 0, 1, 7, .. Vector(RandomNumberGenerator.GetBytes(32)), .. Vector(RandomNumberGenerator.GetBytes(144))]),
    ]);

    private static byte[] Names(params string[] names) => names.Length == 0 ? []
        : Extension(ServerName, Vector([.. names.SelectMany(name => (byte[])[0, .. Vector(Encoding.Latin1.GetBytes(name))])]));

    private static byte[] Record(byte[] more)
    {
        byte[] extensions =
        [
            .. more,
            .. Extension(SupportedGroups, Vector([0x00, 0x1d])),
            .. Extension(SignatureAlgorithms, Vector([0x04, 0x03, 0x08, 0x04, 0x04, 0x01])),
            .. Extension(Alpn, Vector([8, .. "http/1.1"u8])),
            .. Extension(SupportedVersions, [2, 0x03, 0x04]),
            .. Extension(KeyShare, Vector([0x00, 0x1d, .. Vector(RandomNumberGenerator.GetBytes(32))])), // any 32 bytes are a key of x25519
        ];
        byte[] hello =
        [
            0x03, 0x03, .. RandomNumberGenerator.GetBytes(32),
            32, .. RandomNumberGenerator.GetBytes(32),
            .. Vector([0x13, 0x01, 0x13, 0x02, 0x13, 0x03]),
            1, 0,
            .. Vector(extensions),
        ];
        return [22, 0x03, 0x01, .. Vector([1, 0, .. Vector(hello)])];
    }

    private static byte[] Extension(ushort type, byte[] content) => [(byte)(type >> 8), (byte)type, .. Vector(content)];

    // Two bytes of length, then the content: how TLS writes nearly everything.
    private static byte[] Vector(byte[] content)
    {
        byte[] vector = new byte[content.Length + sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(vector, checked((ushort)content.Length));
        content.CopyTo(vector, sizeof(ushort));
        return vector;
    }
}
