// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cagent.ControlPlane.Unix;
using Cagent.Policy.Model;

namespace Cagent.ControlPlane.Credentials;

/// <summary>
/// The values that agents hold in the place of credentials. Each follows from a key of the deployment, the agent, the credential and the
/// format, so none is stored, and none says anything about another. Immutable and thread safe.
/// </summary>
public sealed class Placeholders
{
    private const string FileName = "placeholder.key";
    private const int KeyBytes = 32;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly byte[] _key;

    /// <summary>The placeholders of a key.</summary>
    /// <exception cref="ArgumentException">The key has not 32 bytes.</exception>
    public Placeholders(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeyBytes)
        {
            throw new ArgumentException($"A key has {KeyBytes} bytes.", nameof(key));
        }

        _key = key.ToArray();
    }

    /// <summary>Those of a state directory, whose key is made when it is not there. Two processes that make it at once get the same.</summary>
    /// <exception cref="IOException">The file cannot be read or written, or does not hold a key.</exception>
    public static Placeholders Open(string stateFolder)
    {
        string path = Path.Combine(stateFolder, FileName);
        if (!File.Exists(path))
        {
            Create(path);
        }

        byte[] key = File.ReadAllBytes(path);
        return key.Length == KeyBytes ? new Placeholders(key) : throw new IOException($"{path} is no key of {KeyBytes} bytes; remove it, and give agents their new placeholders");
    }

    /// <summary>What an agent holds for a use of a credential.</summary>
    /// <param name="agent">The agent, as the policy names it.</param>
    /// <param name="use">The use; only its credential's name and its format matter.</param>
    public string Of(string agent, CredentialUse use)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(use);
        string format = use.PlaceholderFormat;
        int open = format.IndexOf('{', StringComparison.Ordinal);
        int close = format.IndexOf('}', StringComparison.Ordinal);
        int length = int.Parse(format.AsSpan(open + 1, close - open - 1), NumberStyles.None, CultureInfo.InvariantCulture);
        // No name holds a line break, so that no two of these texts are equal.
        byte[] seed = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"placeholder\n{agent}\n{use.Name}\n{format}"));
        return string.Concat(format.AsSpan(0, open), Letters(seed, length), format.AsSpan(close + 1));
    }

    private static string Letters(byte[] seed, int length)
    {
        StringBuilder text = new(length);
        for (byte block = 0; text.Length < length; block++)
        {
            foreach (byte one in HMACSHA256.HashData(seed, new byte[] { block }))
            {
                // Four times 62: what is above would make some characters likelier.
                if (one < 248 && text.Length < length)
                {
                    text.Append(Alphabet[one % Alphabet.Length]);
                }
            }
        }

        return text.ToString();
    }

    private static void Create(string path)
    {
        try
        {
            PrivateFolder.Create(Path.GetDirectoryName(Path.GetFullPath(path))!);
            AtomicFile.Write(path, RandomNumberGenerator.GetBytes(KeyBytes), overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else was first.
        }
    }
}
