// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Attack.Client;

namespace Cagent.Attack.Attacks;

/// <summary>Group F: a credential's reach is a subset of what its own rule allows, and it never comes back.</summary>
internal static class CredentialAttacks
{
    private const string NeedsBroken = "needs a broken part of the control plane";
    private const string NeedsPlaceholder = "an agent that has one is told by nobody where it belongs";

    public static ImmutableArray<AttackRow> Rows { get; } =
    [
        AttackRow.Elsewhere("F1", "a placeholder at another host, path or method", NeedsPlaceholder),
        AttackRow.Elsewhere("F2", "a placeholder in another place of the request", NeedsPlaceholder),
        AttackRow.Elsewhere("F3", "injection that is wider than its rule", "a property of the policy language: the credential is the entry's"),
        AttackRow.Elsewhere("F4", "denied requests that go out without the credential", "seen at the upstream; here a denial is its proof in the other rows"),
        AttackRow.Elsewhere("F5", "redirects of a host with a credential", "needs an upstream that redirects; C5 tries where it could lead"),
        new("F6", "an upstream that echoes the credential", EchoedAsync),
        AttackRow.Elsewhere("F7", "failing credential stores and policy services", NeedsBroken),
        AttackRow.Elsewhere("F8", "a service killed in the middle of a body", NeedsBroken),
        new("F9", "the canary credential in what the proxy says", SpokenAsync),
        new("F10", "the canary credential in the agent's environment", LyingAroundAsync),
        new("F11", "another agent's hosts and credentials", OthersAsync) { IsCore = true },
        AttackRow.Elsewhere("F12", "a credential that is revoked while it is used", "needs a change of the credential store"),
        AttackRow.Elsewhere("F13", "signatures over what the attacker chose", "this build has no signing credentials"),
    ];

    private static async Task EchoedAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        if (!trial.Proxy.Received.HasSecret || trial.Targets.Credentialed is not { } url || trial.Targets.Echo is not { } echo || url.Target != echo.Target)
        {
            trial.Skip("needs a canary credential of at least 8 characters on a URL that echoes (--canary-secret, --credentialed and --echo)");
            return;
        }

        // This build does not look into what upstreams say: whoever echoes a credential gives it to the agent.
        Answer answer = await trial.AskInsideAsync(echo, TrialExtensions.Request(echo, "GET"), cancellationToken).ConfigureAwait(false);
        trial.ExpectAllowed("GET " + echo, answer);
        trial.Note("GET " + echo, "without the canary credential", "it came back", trial.Proxy.Received.IsIn(answer.Body.Span) ? AttackVerdict.Warning : AttackVerdict.Passed);
    }

    private static async Task SpokenAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        if (!trial.Proxy.Received.HasSecret)
        {
            trial.Skip("needs a canary credential of at least 8 characters (--canary-secret)");
            return;
        }

        // Denials of every kind on the host that the credential belongs to.
        AttackUrl url = trial.Targets.Credentialed ?? trial.Allowed;
        (string What, string Text)[] requests =
        [
            ("TRACE", TrialExtensions.Request(url, "TRACE")), ("a broken path", TrialExtensions.Request(url, "GET", url.Path + "%zz")), ("another host", $"GET / HTTP/1.1\r\nhost: {trial.Canary.Target}\r\n\r\n"),
            ("no HTTP", TrialExtensions.Request(url, "GET", null, "content-length: -1\r\n")), ("a denied method", TrialExtensions.Request(url, "PURGE")),
        ];
        foreach ((string what, string text) in requests)
        {
            Answer answer = await trial.AskInsideAsync(url, text, cancellationToken).ConfigureAwait(false);
            trial.Expect(what, "an answer without the canary credential", !trial.Proxy.Received.IsIn(answer.Body.Span), "the canary credential is in it");
        }

        trial.Expect("everything that came so far", "no canary credential", trial.Targets.Echo is not null || trial.Proxy.Received.Hits == 0, $"found {trial.Proxy.Received.Hits} times");
    }

    private static async Task LyingAroundAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        if (!trial.Proxy.Received.HasSecret)
        {
            trial.Skip("needs a canary credential of at least 8 characters (--canary-secret)");
            return;
        }

        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit)))
        {
            foreach (string name in (string[])["environ", "cmdline"])
            {
                if (await ReadAsync(Path.Combine(folder, name), cancellationToken).ConfigureAwait(false) is { } bytes)
                {
                    trial.ExpectIsolated(Path.Combine(folder, name), "no canary credential", !trial.Proxy.Received.IsIn(bytes), "the canary credential is in it");
                }
            }
        }
    }

    private static async Task OthersAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        if (trial.Targets.OfOthers.IsEmpty)
        {
            trial.Skip("needs a host that only another agent may use (--policy or --of-others)");
            return;
        }

        foreach (AttackUrl url in trial.Some(trial.Targets.OfOthers))
        {
            await trial.ConnectAsync([url.Target], Expectation.NoHost, cancellationToken).ConfigureAwait(false);
            await trial.AskPlainAsync("GET", $"http://{url.PlainAuthority}{url.Path}", Expectation.NoHost, cancellationToken).ConfigureAwait(false);
            Answer answer = await trial.AskInsideAsync(trial.Allowed, $"GET {url.Path} HTTP/1.1\r\nhost: {url.Target}\r\n\r\n", cancellationToken).ConfigureAwait(false);
            trial.Expect($"host: {url.Target} in the tunnel to {trial.Allowed.Target}", Expectation.Mismatch, answer);
        }
    }

    // Another process's files are its owner's, and it may end meanwhile.
    private static async Task<byte[]?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
