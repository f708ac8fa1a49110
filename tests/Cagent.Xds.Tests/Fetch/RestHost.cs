// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using System.Text.Json;
using Cagent.Xds.Tests.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds.Tests.Fetch;

/// <summary>An xDS server's REST methods over real HTTP/1.1 on loopback, as a host would map them.</summary>
internal sealed class RestHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private RestHost(WebApplication app)
    {
        _app = app;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()),
            Timeout = XdsHost.Patience,
        };
    }

    public static async Task<RestHost> StartAsync(XdsServer server)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        app.Run(server.HandleFetchAsync);
        await app.StartAsync();
        return new RestHost(app);
    }

    /// <summary>Posts a body; the status, and the body of the answer, empty without one.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string type, string json)
    {
        using HttpResponseMessage response = await _http.PostAsync(
            new Uri("/v3/discovery:" + type, UriKind.Relative), new StringContent(json, Encoding.UTF8, "application/json"));
        string body = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, body.Length == 0 ? default : JsonDocument.Parse(body).RootElement);
    }

    public async Task<HttpStatusCode> GetAsync(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }
}
