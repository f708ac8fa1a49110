// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;

namespace Cagent.Attack.Client;

/// <summary>
/// Searches everything that is received for the canary credential: as it is, in base64, URL-encoded, escaped in JSON, and reversed. A value that lies across two reads is
/// found too, as long as no other connection reads in between. Thread safe.
/// </summary>
internal sealed class ReceivedBytes
{
    private const int MinLength = 8;
    private readonly Lock _lock = new();
    private readonly byte[][] _forms;
    private readonly int _longest;
    private byte[] _tail = [];
    private int _hits;

    public ReceivedBytes(string? secret)
    {
        HasSecret = secret is { Length: >= MinLength };
        _forms = HasSecret ? [.. Forms(secret!).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)] : [];
        _longest = _forms.Select(form => form.Length).DefaultIfEmpty(1).Max();
    }

    /// <summary>Whether there is something to search for: at least 8 characters, or it would be found by chance.</summary>
    public bool HasSecret { get; }

    /// <summary>How often it was found.</summary>
    public int Hits => Volatile.Read(ref _hits);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (!HasSecret)
        {
            return;
        }

        lock (_lock)
        {
            byte[] whole = [.. _tail, .. bytes];
            bool isFound = _forms.Any(form => whole.AsSpan().IndexOf(form) >= 0);
            _hits += isFound ? 1 : 0;
            _tail = isFound ? [] : whole[Math.Max(0, whole.Length - _longest + 1)..];
        }
    }

    /// <summary>Whether a text holds it in one of its forms.</summary>
    public bool IsIn(ReadOnlySpan<byte> text)
    {
        foreach (byte[] form in _forms)
        {
            if (text.IndexOf(form) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    // Base64 of a longer text holds one of three shifts of the value's own; its first and last characters belong to the neighbours too.
    private static IEnumerable<string> Forms(string secret)
    {
        yield return secret;
        yield return Uri.EscapeDataString(secret);
        yield return string.Concat(secret.Reverse());
        yield return JsonEncodedText.Encode(secret).ToString();
        for (int shift = 0; shift < 3; shift++)
        {
            string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', shift) + secret)).TrimEnd('=');
            yield return encoded[(shift == 0 ? 0 : shift + 1)..^1];
        }
    }
}
