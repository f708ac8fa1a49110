// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Attack.Client;

namespace Cagent.Attack.Attacks;

/// <summary>Group D: what was judged is what is forwarded.</summary>
internal static class MeaningAttacks
{
    private const string Marker = "of-the-agent-itself";

    public static ImmutableArray<AttackRow> Rows { get; } =
    [
        new("D1", "dot segments, plain and escaped, to a denied path", DotSegmentsAsync),
        new("D2", "path parameters around a denied path", ParametersAsync),
        new("D3", "empty segments and backslashes", EmptySegmentsAsync) { IsCore = true },
        new("D4", "escapes that hide another: slash, backslash, NUL, broken, double", EscapesAsync),
        new("D5", "another method in a header, on a read-only host", MethodOverrideAsync),
        AttackRow.Elsewhere("D6", "GraphQL and JSON that two parsers read differently", "this build has no rules about bodies"),
        new("D7", "WebSocket for what POST may not do", WebSocketAsync),
        AttackRow.Elsewhere("D8", "git push, LFS and other repositories under a clone rule", "this build has no git rules but paths; the profiles' tests cover them"),
        new("D9", "the agent's own credentials on a host that injects one", OwnCredentialsAsync),
        AttackRow.Elsewhere("D10", "one header twice against a header rule", "this build has no rules about headers"),
    ];

    private static Task DotSegmentsAsync(AttackTrial trial, CancellationToken cancellationToken) => OnDeniedAsync(trial, path =>
    [
        path, "/x/.." + path, "/." + path, "/x/%2e%2e" + path, "/x/.%2e" + path, "/x/%2E." + path, "/%2e" + path, "/.." + path, "/x/y/../.." + path, EscapeFirst(path), $"{path}?/../../allowed",
    ], cancellationToken);

    private static Task ParametersAsync(AttackTrial trial, CancellationToken cancellationToken) => OnDeniedAsync(trial, path =>
    [
        "/x/..;y=z" + path, "/.;" + path, "/x/..;" + path, "/x/..%3by=z" + path,
    ], cancellationToken);

    private static Task EmptySegmentsAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string path = PathOf(trial.Allowed);
        return trial.AskPathsAsync(trial.Allowed, ["//" + path.TrimStart('/'), path.TrimEnd('/') + "//x", "///", path.TrimEnd('/') + "/\\x", "/\\" + path.TrimStart('/')], Expectation.NoPath, cancellationToken);
    }

    private static Task EscapesAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string path = PathOf(trial.Allowed).TrimEnd('/');
        string[] endings =
        [
            "%5Cb", "%5cb", "%252fb", "%25%32%66b", "/%252e%252e/b", "%25b", "/..%2fb", "%2f..%2fb", "/.%2e%2fb", "/..%3bx/b", "%0ab", "%0d%0ab", "%7fb", "%", "%2", "%zz", "%u002fb", "%00b", "#f", "/a b", "/a\tb", "/caf\u00e9",
        ];
        return trial.AskPathsAsync(trial.Allowed, endings.Select(ending => path + ending), Expectation.NoPath, cancellationToken);
    }

    private static async Task MethodOverrideAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        if (trial.Targets.ReadOnly is not { } readOnly)
        {
            trial.Skip("needs a read-only host (--read-only)");
            return;
        }

        foreach (string header in (string[])["x-http-method-override", "x-method-override", "x-http-method"])
        {
            Answer answer = await trial.AskInsideAsync(readOnly, TrialExtensions.Request(readOnly, "POST", null, $"{header}: GET\r\ncontent-length: 0\r\n"), cancellationToken).ConfigureAwait(false);
            trial.Expect($"POST with {header}: GET", Expectation.ReadOnly, answer);
            if (trial.Targets.Echo is { } echo)
            {
                answer = await trial.AskInsideAsync(echo, TrialExtensions.Request(echo, "GET", null, $"{header}: {Marker}\r\nx-probe-plain: seen-by-upstream\r\n"), cancellationToken).ConfigureAwait(false);
                trial.ExpectEcho($"GET with {header}", answer, "seen-by-upstream", Marker);
            }
        }
    }

    private static async Task WebSocketAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        AttackUrl? target = trial.Targets.AllowsWebSocket == false ? trial.Allowed : trial.Targets.ReadOnly;
        if (target is null)
        {
            trial.Skip("needs a host that is known to allow no WebSocket (--policy or --read-only)");
            return;
        }

        string lines = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        foreach (string path in (string[])[target.Path, "/ws"])
        {
            trial.Expect($"WebSocket on {path}", Expectation.NoMethod, await trial.AskInsideAsync(target, TrialExtensions.Request(target, "GET", path, lines), cancellationToken).ConfigureAwait(false));
        }
    }

    private static async Task OwnCredentialsAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        if (trial.Targets.Credentialed is not { } url || trial.Targets.Echo is not { } echo || url.Target != echo.Target)
        {
            trial.Skip("needs a URL with a credential that answers with the request's headers (--credentialed and --echo)");
            return;
        }

        foreach (string header in (string[])["authorization", "x-api-key", "api-key", "x-auth-token", "private-token", "cookie"])
        {
            Answer answer = await trial.AskInsideAsync(echo, TrialExtensions.Request(echo, "GET", null, $"{header}: {Marker}\r\nx-probe-plain: seen-by-upstream\r\n"), cancellationToken).ConfigureAwait(false);
            trial.ExpectEcho($"{header} of the agent", answer, "seen-by-upstream", Marker);
        }
    }

    private static async Task OnDeniedAsync(AttackTrial trial, Func<string, IEnumerable<string>> spell, CancellationToken cancellationToken)
    {
        if (trial.Targets.Denied is not { } denied)
        {
            trial.Skip("needs a denied path of an inspected host (--policy or --denied)");
            return;
        }

        await trial.AskPathsAsync(denied, spell(PathOf(denied)), Expectation.NoPath, cancellationToken).ConfigureAwait(false);
    }

    private static string PathOf(AttackUrl url) => url.Path.Split('?')[0];

    // The first letter behind the slash as an escape: the same path in another spelling.
    private static string EscapeFirst(string path) =>
        path.Length > 1 && char.IsAsciiLetterOrDigit(path[1]) ? $"/%{(int)path[1]:x2}{path[2..]}" : path;
}
