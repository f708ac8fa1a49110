// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Cagent.Domains;

/// <summary>A CIDR block of IPv4 or IPv6 addresses, without host bits, so that one block has one spelling. Immutable.</summary>
public sealed record AddressRange
{
    private readonly byte[] _prefix;

    private AddressRange(IPAddress address, int prefixLength)
    {
        Address = address;
        PrefixLength = prefixLength;
        _prefix = address.GetAddressBytes();
    }

    /// <summary>The first address.</summary>
    public IPAddress Address { get; }

    /// <summary>The length of the prefix, 0 to 32 or 128.</summary>
    public int PrefixLength { get; }

    /// <summary>The block of one address.</summary>
    public static AddressRange Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        IPAddress unscoped = new(address.GetAddressBytes());
        return new AddressRange(unscoped, unscoped.GetAddressBytes().Length * 8);
    }

    /// <summary>Reads <c>address/length</c>.</summary>
    /// <param name="text">Such as <c>10.20.0.0/16</c>.</param>
    /// <param name="range">The block.</param>
    /// <param name="problem">What is wrong, in words that follow the text; it holds the corrected form where there is one.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out AddressRange? range, [NotNullWhen(false)] out string? problem)
    {
        range = null;
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        string addressText = slash < 0 ? text ?? "" : text![..slash];
        if (!AddressLiteral.TryParse(addressText, out IPAddress? address, out problem))
        {
            problem = addressText.Length == 0 ? "is no address block; write one such as 10.20.0.0/16" : problem;
            return false;
        }

        int bits = address.GetAddressBytes().Length * 8;
        if (slash < 0)
        {
            problem = $"has no prefix length; write {address}/{bits} for the one address";
            return false;
        }

        string lengthText = text![(slash + 1)..];
        if (!int.TryParse(lengthText, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > bits
            || lengthText != length.ToString(CultureInfo.InvariantCulture))
        {
            problem = $"has no prefix length from 0 to {bits} after '/'";
            return false;
        }

        AddressRange canonical = new(Mask(address, length), length);
        problem = canonical.Address.Equals(address) ? null : $"has bits set behind its prefix; write {canonical}";
        range = problem is null ? canonical : null;
        return range is not null;
    }

    /// <summary>Whether the address lies in the block. Families never mix: a mapped IPv4 address is in no IPv4 block.</summary>
    public bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out int length) && length == _prefix.Length && HasPrefix(bytes[..length]);
    }

    /// <summary>Whether every address of the other block lies in this one.</summary>
    public bool Contains(AddressRange other) => other.PrefixLength >= PrefixLength && Contains(other.Address);

    /// <summary>Whether the blocks share an address.</summary>
    public bool Overlaps(AddressRange other) => Contains(other) || other.Contains(this);

    /// <summary>Equal when address and length are equal.</summary>
    public bool Equals(AddressRange? other) => other is not null && PrefixLength == other.PrefixLength && Address.Equals(other.Address);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Address, PrefixLength);

    /// <summary><c>address/length</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");

    internal static AddressRange Parse(string text) =>
        TryParse(text, out AddressRange? range, out string? problem) ? range : throw new FormatException($"{text} {problem}");

    private bool HasPrefix(ReadOnlySpan<byte> bytes)
    {
        int whole = PrefixLength / 8;
        int rest = PrefixLength % 8;
        return bytes[..whole].SequenceEqual(_prefix.AsSpan(0, whole))
            && (rest == 0 || ((bytes[whole] ^ _prefix[whole]) >> (8 - rest)) == 0);
    }

    private static IPAddress Mask(IPAddress address, int length)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        return new IPAddress(bytes);
    }
}
