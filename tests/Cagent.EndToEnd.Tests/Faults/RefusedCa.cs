// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Certificates;

namespace Cagent.EndToEnd.Tests.Faults;

/// <summary>
/// A CA file that Cagent's own check accepts and Envoy refuses, to force a NACK without a hook in the product: a version 1
/// certificate with extensions, which OpenSSL reads and BoringSSL does not.
/// </summary>
internal static class RefusedCa
{
    // [0] EXPLICIT INTEGER 2, "version 3" (RFC 5280, 4.1); the value is the last byte.
    private static readonly byte[] Version3 = [0xA0, 0x03, 0x02, 0x01, 0x02];

    public static string Pem(TestCa ca)
    {
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(ca.RootPem);
        byte[] bytes = [.. certificate.RawData];
        bytes[bytes.AsSpan().IndexOf(Version3) + Version3.Length - 1] = 0;
        return $"-----BEGIN CERTIFICATE-----\n{Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks)}\n-----END CERTIFICATE-----\n";
    }
}
