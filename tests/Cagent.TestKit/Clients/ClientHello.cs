// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Cagent.TestKit.Clients;

/// <summary>
/// A TLS 1.3 ClientHello made by hand, for names that no TLS library sends: empty, several, upper-case, an address, any bytes.
/// It is well-formed, so a server answers it, but nobody has the key to go on. Immutable.
/// </summary>
public sealed record ClientHello
{
    private const int MaxExtensions = 8192;
    private const ushort EncryptedClientHello = 0xfe0d;

    /// <summary>The names in the server_name extension, one byte for each character; empty (the default) leaves the extension out.</summary>
    public ImmutableArray<string> ServerNames { get; init; } = [];

    /// <summary>The ALPN protocols; default <c>http/1.1</c>.</summary>
    public ImmutableArray<string> ApplicationProtocols { get; init; } = ["http/1.1"];

    /// <summary>Adds an encrypted_client_hello extension with random content, as an outer hello has it.</summary>
    public bool HasEncryptedClientHello { get; init; }

    /// <summary>The hello in one TLS record (RFC 8446, section 4.1.2).</summary>
    public byte[] ToBytes()
    {
        byte[] body =
        [
            0x03, 0x03, .. RandomNumberGenerator.GetBytes(32),
            32, .. RandomNumberGenerator.GetBytes(32),
            0, 6, 0x13, 0x01, 0x13, 0x02, 0x13, 0x03,
            1, 0,
            .. Sized(Extensions()),
        ];
        byte[] handshake = [1, 0, .. Sized(body)];
        return [22, 0x03, 0x01, .. Sized(handshake)];
    }

    private byte[] Extensions()
    {
        ArrayBufferWriter<byte> all = new(MaxExtensions);
        if (!ServerNames.IsEmpty)
        {
            all.Write(Extension(0, Sized([.. ServerNames.SelectMany(name => (byte[])[0, .. Sized(Encoding.Latin1.GetBytes(name))])])));
        }

        all.Write(Extension(10, Sized([0x00, 0x1d])));                                                  // supported_groups: x25519
        all.Write(Extension(13, Sized([0x04, 0x03, 0x08, 0x04, 0x04, 0x01])));                          // signature_algorithms
        all.Write(Extension(43, [2, 0x03, 0x04]));                                                      // supported_versions: 1.3
        all.Write(Extension(51, Sized([0x00, 0x1d, .. Sized(RandomNumberGenerator.GetBytes(32))])));    // key_share: any 32 bytes are a key
        if (!ApplicationProtocols.IsEmpty)
        {
            all.Write(Extension(16, Sized([.. ApplicationProtocols.SelectMany(name => (byte[])[(byte)name.Length, .. Encoding.ASCII.GetBytes(name)])])));
        }

        if (HasEncryptedClientHello)
        {
            // TLS Encrypted Client Hello, section 5: outer, HKDF-SHA256 with AES-128-GCM, configuration 7, a key share and a payload.
            all.Write(Extension(
                EncryptedClientHello,
                [0, 0, 1, 0, 1, 7, .. Sized(RandomNumberGenerator.GetBytes(32)), .. Sized(RandomNumberGenerator.GetBytes(144))]));
        }

        return all.WrittenSpan.ToArray();
    }

    private static byte[] Extension(ushort type, byte[] content) => [(byte)(type >> 8), (byte)type, .. Sized(content)];

    private static byte[] Sized(byte[] content)
    {
        byte[] sized = new byte[content.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(sized, checked((ushort)content.Length));
        content.CopyTo(sized, 2);
        return sized;
    }
}
