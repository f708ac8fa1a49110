// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.ControlPlane.PolicySource;

/// <summary>What a file held when it was read, or why it could not be read. Equal readings have equal content.</summary>
/// <param name="Path">The path as it was asked for.</param>
/// <param name="Content">The bytes; empty when there is a problem.</param>
/// <param name="Sha256">Lower-case hex digest of the bytes; empty when there is a problem.</param>
/// <param name="Problem">Why there is no content; null when there is.</param>
public sealed record PolicyFileReading(string Path, ImmutableArray<byte> Content, string Sha256, string? Problem)
{
    /// <summary>True when the content is there.</summary>
    public bool IsAvailable => Problem is null;

    /// <summary>Path, digest and problem decide; comparing the bytes again would add nothing.</summary>
    public bool Equals(PolicyFileReading? other) =>
        other is not null && Path == other.Path && Sha256 == other.Sha256 && Problem == other.Problem;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Path, Sha256, Problem);
}
