// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Clients;

/// <summary>The answer to a CONNECT, and the connection it came on: a tunnel when <see cref="IsOpen"/>.</summary>
/// <param name="Response">The proxy's answer.</param>
/// <param name="Connection">The connection.</param>
public sealed record RawTunnel(RawResponse Response, RawConnection Connection) : IAsyncDisposable
{
    /// <summary>Whether the proxy said 200.</summary>
    public bool IsOpen => Response.Status == 200;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
