// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    // gRPC over HTTP/2, "Header-Name": 1*( %x30-39 / %x61-7A / "_" / "-" / ".").
    private static readonly SearchValues<char> s_keyCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz_-.");

    /// <summary>One key with a text value, or with bytes when the key ends in <c>-bin</c>. Immutable.</summary>
    public sealed class Entry
    {
        private readonly string? _value;
        private readonly byte[]? _valueBytes;

        /// <summary>Makes a text entry.</summary>
        /// <param name="key">Digits, letters, <c>_</c>, <c>-</c>, <c>.</c>; lower-cased; must not end in <c>-bin</c>.</param>
        /// <param name="value">Printable ASCII; anything else is refused when it is sent.</param>
        /// <exception cref="ArgumentException">The key is not a metadata key or is a binary one.</exception>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Normalize(key);
            if (IsBinary)
            {
                throw new ArgumentException($"The key \"{Key}\" needs bytes: only keys without \"{BinaryHeaderSuffix}\" take text.", nameof(key));
            }

            _value = value;
        }

        /// <summary>Makes a binary entry.</summary>
        /// <param name="key">Digits, letters, <c>_</c>, <c>-</c>, <c>.</c>; lower-cased; must end in <c>-bin</c>.</param>
        /// <param name="valueBytes">Any bytes, also none; copied.</param>
        /// <exception cref="ArgumentException">The key is not a metadata key or is not a binary one.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = Normalize(key);
            if (!IsBinary)
            {
                throw new ArgumentException($"The key \"{Key}\" needs text: only keys with \"{BinaryHeaderSuffix}\" take bytes.", nameof(key));
            }

            _valueBytes = valueBytes.AsSpan().ToArray();
        }

        /// <summary>The key in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the key ends in <c>-bin</c>.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The entry is binary.</exception>
        public string Value => _value ?? throw new InvalidOperationException($"The value of \"{Key}\" is binary: read ValueBytes.");

        /// <summary>A copy of the bytes; of a text entry, its ASCII bytes.</summary>
        public byte[] ValueBytes => _valueBytes is null ? Encoding.ASCII.GetBytes(_value!) : _valueBytes.AsSpan().ToArray();

        /// <summary>The bytes without the copy.</summary>
        internal ReadOnlySpan<byte> ValueSpan => _valueBytes;

        /// <summary>The key only: values may be credentials.</summary>
        /// <returns>A text for logs.</returns>
        public override string ToString() => $"[Entry: key={Key}, binary={IsBinary}]";

        internal static bool IsValidKey(ReadOnlySpan<char> key) => key.Length > 0 && !key.ContainsAnyExcept(s_keyCharacters);

        private static string Normalize(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            string lower = key.ToLowerInvariant();
            if (!IsValidKey(lower))
            {
                throw new ArgumentException("A metadata key has only digits, letters, '_', '-' and '.'.", nameof(key));
            }

            return lower;
        }
    }
}
