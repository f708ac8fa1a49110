// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Cagent.Domains;

/// <summary>A TCP port, 1 to 65535. The default value is no valid port; make one with <see cref="TryCreate"/> or <see cref="TryParse(string?, out Port)"/>.</summary>
public readonly record struct Port
{
    private Port(ushort value) => Value = value;

    /// <summary>443, what a policy entry means when it names no port.</summary>
    public static Port Https { get; } = new(443);

    /// <summary>80, the default of an entry with <c>scheme: http</c>.</summary>
    public static Port Http { get; } = new(80);

    /// <summary>The number, 1 to 65535.</summary>
    public int Value { get; }

    /// <summary>Makes a port from a number; false outside 1 to 65535.</summary>
    public static bool TryCreate(int value, out Port port)
    {
        port = value is >= 1 and <= 65535 ? new Port((ushort)value) : default;
        return port.Value != 0;
    }

    /// <summary>Reads plain decimal digits: no sign, no space, no leading zero, so that one port has one spelling.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Port port) => TryParse(text.AsSpan(), out port);

    /// <inheritdoc cref="TryParse(string?, out Port)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out Port port)
    {
        port = default;
        return text.Length is >= 1 and <= 5 && text[0] != '0' && !text.ContainsAnyExcept(HostGrammar.Digits)
            && TryCreate(int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture), out port);
    }

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
