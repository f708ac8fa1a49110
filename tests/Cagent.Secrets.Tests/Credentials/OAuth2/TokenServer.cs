// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.TestKit.Http;
using Microsoft.AspNetCore.Http;

namespace Cagent.Secrets.Tests.Credentials.OAuth2;

/// <summary>A token endpoint that answers what the test says and keeps the forms that it got. The last answer is repeated.</summary>
internal sealed class TokenServer : IAsyncDisposable
{
    private readonly Upstream _upstream;
    private readonly ConcurrentQueue<(int Status, string Body)> _answers = new();
    private (int Status, string Body) _last = (500, "");

    private TokenServer(Upstream upstream)
    {
        _upstream = upstream;
        upstream.Handle("/token", AnswerAsync);
    }

    public string Url => $"http://127.0.0.1:{_upstream.Port}/token";

    public ConcurrentQueue<(string? Authorization, Dictionary<string, string> Form)> Asked { get; } = new();

    /// <summary>Runs before an answer is sent.</summary>
    public Action? BeforeAnswer { get; set; }

    public static async Task<TokenServer> StartAsync() => new(await Upstream.StartAsync(new UpstreamOptions()));

    public void Then(int status, string body) => _answers.Enqueue((status, body));

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        IFormCollection form = await context.Request.ReadFormAsync();
        Asked.Enqueue((context.Request.Headers.Authorization, form.ToDictionary(field => field.Key, field => field.Value.ToString())));
        if (_answers.TryDequeue(out (int Status, string Body) answer))
        {
            _last = answer;
        }

        BeforeAnswer?.Invoke();
        context.Response.StatusCode = _last.Status;
        await context.Response.WriteAsync(_last.Body);
    }
}
