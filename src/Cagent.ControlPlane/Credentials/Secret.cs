// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Cagent.ControlPlane.Credentials;

/// <summary>
/// A value that must not be seen: <see cref="ToString"/>, the debugger and JSON show <c>[redacted]</c>.
/// <see cref="Reveal"/> is the one way to the value, so that its callers can be counted. Immutable and thread safe.
/// </summary>
[DebuggerDisplay("[redacted]")]
public sealed class Secret
{
    /// <summary>What every rendering of a secret shows.</summary>
    public const string Redacted = "[redacted]";

    // A field, not a property: serialisers look at properties.
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _value;

    /// <summary>Wraps a value; the caller drops its own copy.</summary>
    public Secret(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
    }

    /// <summary>The value itself. Call it only where the value leaves the process for the upstream it is bound to.</summary>
    public string Reveal() => _value;

    /// <summary>Whether the other holds the same value, without showing either.</summary>
    public bool HasValueOf(Secret? other) => other is not null && _value == other._value;

    /// <inheritdoc/>
    public override string ToString() => Redacted;
}
