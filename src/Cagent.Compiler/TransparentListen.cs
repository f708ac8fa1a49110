// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;

namespace Cagent.Compiler;

/// <summary>
/// Where connections arrive that the network redirects, from agents that know of no proxy. What they were redirected from decides which of
/// the two it is: port 443 is <see cref="Https"/>, port 80 is <see cref="Http"/>. Empty lists: no transparent mode. Immutable.
/// </summary>
/// <param name="Https">Where TLS arrives: one listener with all of these addresses.</param>
/// <param name="Http">Where plain HTTP arrives: one listener with all of these addresses.</param>
public sealed record TransparentListen(ImmutableArray<IPEndPoint> Https, ImmutableArray<IPEndPoint> Http)
{
    /// <summary>No transparent mode.</summary>
    public static TransparentListen None { get; } = new([], []);

    /// <summary>All addresses.</summary>
    public IEnumerable<IPEndPoint> All => Https.Concat(Http);
}
