// SPDX-License-Identifier: Apache-2.0
using System.Security.Authentication;
using Cagent.TestKit.Clients;

namespace Cagent.EndToEnd.Tests.FailClosed;

/// <summary>An open tunnel to a name without a certificate yet, before its ClientHello.</summary>
internal sealed class RawHandshake(RawTunnel tunnel, Deployment deployment) : IAsyncDisposable
{
    public static async Task<RawHandshake> StartAsync(FailingSite site)
    {
        RawTunnel tunnel = await site.Deployment.Raw.ConnectAsync($"second.example.com:{site.Web.Port}");
        Assert.True(tunnel.IsOpen, tunnel.Response.Text);
        tunnel.Connection.Timeout = FailingSite.Limit;
        return new RawHandshake(tunnel, site.Deployment);
    }

    /// <summary>Says hello, and how that ended.</summary>
    public async Task<string> FinishAsync()
    {
        try
        {
            await using RawConnection inside = await tunnel.Connection.StartTlsAsync(new TlsClientOptions { ServerName = "second.example.com", Trust = deployment.Trust });
            return "open";
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return "closed";
        }
    }

    public ValueTask DisposeAsync() => tunnel.DisposeAsync();
}
