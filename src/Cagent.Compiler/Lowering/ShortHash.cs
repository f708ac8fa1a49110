// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;

namespace Cagent.Compiler.Lowering;

/// <summary>A text as a name of 12 hexadecimal digits, by which two policies can be compared. The author of the policy writes all that goes in.</summary>
internal static class ShortHash
{
    private const int Bytes = 6;

    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, Bytes));
}
