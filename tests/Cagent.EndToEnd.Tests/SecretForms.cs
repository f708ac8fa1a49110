// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Cagent.EndToEnd.Tests;

/// <summary>The spellings in which a leaked secret would show: raw, reversed, in hexadecimal, URL-encoded, JSON-escaped, and base64 at each of its three alignments.</summary>
public sealed class SecretForms(string secret)
{
    private readonly string[] _forms = [.. Spell(secret).Distinct()];

    /// <summary>All of them.</summary>
    public IEnumerable<string> All => _forms;

    /// <summary>Whether the text holds one.</summary>
    public bool AreIn(string text) => _forms.Any(form => text.Contains(form, StringComparison.OrdinalIgnoreCase));

    /// <summary>Asserts that the text holds none of them. Prints neither.</summary>
    public void ShouldNotBeIn(string text, string where) =>
        Assert.True(!AreIn(text), $"the secret is in {where}");

    private static IEnumerable<string> Spell(string secret)
    {
        yield return secret;
        yield return new string([.. secret.Reverse()]);
        yield return Convert.ToHexString(Encoding.ASCII.GetBytes(secret));
        yield return Uri.EscapeDataString(secret);
        yield return secret.Replace("+", "\\u002b", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal);
        byte[] bytes = Encoding.ASCII.GetBytes(secret);
        for (int before = 0; before < 3; before++)
        {
            // The first and last characters depend on what stands around the secret.
            string encoded = Convert.ToBase64String([.. new byte[before], .. bytes])[4..^4];
            yield return encoded;
            yield return encoded.Replace('+', '-').Replace('/', '_');
        }
    }
}
