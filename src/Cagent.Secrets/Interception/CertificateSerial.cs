// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Cagent.Secrets.Interception;

/// <summary>Serial numbers of certificates.</summary>
internal static class CertificateSerial
{
    /// <summary>16 random bytes, positive and of full length whatever was drawn (RFC 5280 4.1.2.2: positive, at most 20 octets).</summary>
    public static byte[] Next()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        return serial;
    }
}
