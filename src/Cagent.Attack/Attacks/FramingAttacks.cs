// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Attack.Client;

namespace Cagent.Attack.Attacks;

/// <summary>Group E: a request that two parsers could read differently is refused, not repaired; and nobody gets more than a share.</summary>
internal static class FramingAttacks
{
    private const int Resets = 2000;
    private const int Continuations = 64;
    private const int HeaderLength = 70_000;

    // Before the rows, which take them.
    private static readonly (string Lines, string Body)[] Encodings =
    [
        ("content-length: 4\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n"),
        ("transfer-encoding: chunked\r\ncontent-length: 4\r\n", "0\r\n\r\n"),
        ("transfer-encoding: chunked, identity\r\n", "0\r\n\r\n"),
        ("transfer-encoding: chunkedx\r\n", "0\r\n\r\n"),
        ("transfer-encoding: \vchunked\r\n", "0\r\n\r\n"),
        ("transfer-encoding: gzip, chunked\r\n", "0\r\n\r\n"),
        ("transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n", "0\r\n\r\n"),
        ("transfer-encoding : chunked\r\n", "0\r\n\r\n"),
        (" transfer-encoding: chunked\r\n", "0\r\n\r\n"),
    ];

    private static readonly (string Lines, string Body)[] Lengths =
    [
        ("content-length: 4\r\ncontent-length: 5\r\n", "abcd"), ("content-length: 4, 5\r\n", "abcd"), ("content-length: +4\r\n", "abcd"), ("content-length: -4\r\n", "abcd"),
        ("content-length: 0x4\r\n", "abcd"), ("content-length: 4a\r\n", "abcd"), ("content-length: \r\n", "abcd"), ("content-length: 99999999999999999999\r\n", "abcd"),
    ];

    private static readonly (string Lines, string Body)[] Lines =
    [
        ("x-a: 1\0\r\n", ""), ("x-a : 1\r\n", ""), ("x-a\t: 1\r\n", ""), ("x a: 1\r\n", ""), ("x-a\r\n", ""), (": 1\r\n", ""),
    ];

    private static readonly string[] Chunks =
    [
        "4;\nabcd\r\n0\r\n\r\n", "ffffffffffffffff4\r\nabcd\r\n0\r\n\r\n", "10000000000000004\r\nabcd\r\n0\r\n\r\n", "-4\r\nabcd\r\n0\r\n\r\n", "+4\r\nabcd\r\n0\r\n\r\n", "0x4\r\nabcd\r\n0\r\n\r\n", "4\r\nabcdX\r\n0\r\n\r\n", "4\r\nabcd0\r\n\r\n", "4\nabcd\n0\n\n",
    ];

    public static ImmutableArray<AttackRow> Rows { get; } =
    [
        new("E1", "length beside transfer encoding; encodings that are none", (trial, token) => RefusedAsync(trial, Encodings, token)) { IsCore = true },
        new("E2", "a length that is no single number", (trial, token) => RefusedAsync(trial, Lengths, token)),
        new("E3", "malformed header lines", (trial, token) => RefusedAsync(trial, Lines, token)),
        new("E4", "malformed chunks", ChunksAsync),
        new("E5", "a request behind another", PipelinedAsync),
        new("E6", "oversize headers, endless heads and rapid resets of HTTP/2", FloodsAsync),
        AttackRow.Elsewhere("E7", "compression bombs and false encodings", "this build has no rules about bodies, and inflates nothing"),
        new("E8", "a body above the bound", LargeBodyAsync),
        AttackRow.Elsewhere("E9", "deep JSON and catastrophic patterns", "this build has no rules about bodies and no regular expressions in policies"),
    ];

    // Behind each stands a request that a parser would find which reads the first one's end elsewhere: exactly one answer may come.
    // All at once, because the proxy lingers half a second on each connection that it ends.
    private static async Task RefusedAsync(AttackTrial trial, IEnumerable<(string Lines, string Body)> requests, CancellationToken cancellationToken)
    {
        (string Lines, string Body)[] some = [.. trial.Some(requests)];
        AttackUrl door = trial.Targets.Plain ?? trial.Canary;
        List<(string Input, Task<Answer> Answer)> sent = [];
        foreach ((string lines, string body) in some)
        {
            string text = TrialExtensions.Request(trial.Allowed, "GET", null, lines, body) + Smuggled(trial.Allowed);
            sent.Add(("in a tunnel: " + lines.TrimEnd('\r', '\n'), trial.AskInsideAsync(trial.Allowed, text, cancellationToken, toEnd: true)));
            // At the door a folded line would only lengthen the Host that the absolute form replaces.
            if (lines[0] != ' ')
            {
                text = $"GET http://{door.PlainAuthority}{door.Path} HTTP/1.1\r\nhost: {door.PlainAuthority}\r\n{lines}{trial.Proxy.IdentityLine}\r\n{body}" + Smuggled(trial.Allowed);
                sent.Add(("at the door: " + lines.TrimEnd('\r', '\n'), trial.Proxy.AskToEndAsync(text, cancellationToken)));
            }
        }

        await ExpectAsync(trial, sent).ConfigureAwait(false);
    }

    private static Task ChunksAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        List<(string Input, Task<Answer> Answer)> sent = [];
        foreach (string body in Chunks)
        {
            string text = TrialExtensions.Request(trial.Allowed, "GET", null, "transfer-encoding: chunked\r\n", body) + Smuggled(trial.Allowed);
            sent.Add(("chunk " + body, trial.AskInsideAsync(trial.Allowed, text, cancellationToken, toEnd: true)));
        }

        return ExpectAsync(trial, sent);
    }

    private static async Task ExpectAsync(AttackTrial trial, List<(string Input, Task<Answer> Answer)> sent)
    {
        await Task.WhenAll(sent.Select(one => one.Answer)).ConfigureAwait(false);
        foreach ((string input, Task<Answer> answer) in sent)
        {
            trial.Expect(input, Expectation.NoHttp, await answer.ConfigureAwait(false));
        }
    }

    private static async Task PipelinedAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        foreach ((string lines, string body) in ((string, string)[])[("", ""), ("content-length: 4\r\n", "abcd"), ("transfer-encoding: chunked\r\n", "4\r\nabcd\r\n0\r\n\r\n")])
        {
            WireConnection connection = await trial.Proxy.OpenTlsAsync(trial.Allowed.Host, trial.Allowed.Port, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                string text = TrialExtensions.Request(trial.Allowed, "GET", null, lines, body) + $"GET / HTTP/1.1\r\nhost: {trial.Canary.Target}\r\n\r\n" + TrialExtensions.Request(trial.Allowed, "GET");
                trial.ExpectAllowed("the first request", await ProxyClient.ExchangeAsync(connection, text, HttpAnswers.ReadAsync, cancellationToken).ConfigureAwait(false));
                trial.Expect("a request for the canary right behind it", Expectation.Mismatch, await HttpAnswers.ReadAsync(connection, "GET", cancellationToken).ConfigureAwait(false));
                trial.ExpectAllowed("the request behind that", await HttpAnswers.ReadAsync(connection, "GET", cancellationToken).ConfigureAwait(false));
            }
        }
    }

    private static async Task FloodsAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string big = TrialExtensions.Request(trial.Allowed, "GET", null, $"x-big: {new string('a', HeaderLength)}\r\n");
        trial.Expect("70 kB of headers", Expectation.NoHttp, await trial.AskInsideAsync(trial.Allowed, big, cancellationToken).ConfigureAwait(false));
        await OnStreamsAsync("1 MiB of CONTINUATION frames", http => http.ContinueForeverAsync(Continuations, trial.Allowed.Target, trial.Allowed.Path, cancellationToken)).ConfigureAwait(false);
        await OnStreamsAsync("2000 streams that are reset at once, to a denied name", http => http.ResetAtOnceAsync(Resets, trial.Canary.Target, "/", cancellationToken)).ConfigureAwait(false);

        async Task OnStreamsAsync(string input, Func<Http2Stream, Task<Answer>> flood)
        {
            WireConnection connection = await trial.Proxy.OpenTlsAsync(trial.Allowed.Host, trial.Allowed.Port, cancellationToken, "h2").ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                Http2Stream http = new(connection);
                await http.OpenAsync(cancellationToken).ConfigureAwait(false);
                Answer answer = await flood(http).ConfigureAwait(false);
                trial.Expect(input, "the connection or the stream is ended", answer.IsEnded, answer.Shown);
            }
        }
    }

    private static async Task LargeBodyAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        if (trial.Targets.Bounded is not { } bounded)
        {
            trial.Skip("needs an entry with max_request_body that allows POST (--policy)");
            return;
        }

        Answer answer = await trial.AskInsideAsync(bounded.Url, TrialExtensions.Request(bounded.Url, "POST", null, $"content-length: {bounded.Bytes + 1}\r\n"), cancellationToken).ConfigureAwait(false);
        trial.Expect($"a body of {bounded.Bytes + 1} bytes is announced", Expectation.TooLarge, answer);
    }

    private static string Smuggled(AttackUrl allowed) => TrialExtensions.Request(allowed, "GET", "/cagent-attack-smuggled");
}
