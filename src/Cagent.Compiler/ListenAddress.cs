// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Cagent.Compiler;

/// <summary>Where a listener is: an address with a port, or the absolute path of a Unix socket. Exactly one of the two is set. Immutable.</summary>
/// <param name="EndPoint">Address and port, or null.</param>
/// <param name="Path">The path, or null.</param>
public sealed record ListenAddress(IPEndPoint? EndPoint, string? Path)
{
    /// <summary>The longest path of a Unix socket, in UTF-8 bytes (unix(7): 108 with the final NUL).</summary>
    public const int MaxPathBytes = 107;

    /// <summary>A port.</summary>
    public static ListenAddress Of(IPEndPoint endPoint) => new(endPoint, null);

    /// <summary>A Unix socket.</summary>
    public static ListenAddress Of(string path) => new(null, path);

    /// <summary>Whether it is a Unix socket.</summary>
    [MemberNotNullWhen(true, nameof(Path))]
    [MemberNotNullWhen(false, nameof(EndPoint))]
    public bool IsSocket => Path is not null;

    /// <summary><c>ADDR:PORT</c>, or the path.</summary>
    public override string ToString() => IsSocket ? Path : EndPoint.ToString();
}
