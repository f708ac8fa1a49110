// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;
using Cagent.Attack.Client;

namespace Cagent.Attack.Attacks;

/// <summary>Group G: identity comes from what the agent cannot choose.</summary>
internal static class IsolationAttacks
{
    private const int Abandoned = 50;
    private const int Neighbours = 10;
    private const string Operator = "an operator's or a container runtime's matter, not seen from the agent";
    private const string NotBuilt = "this build has no such feature";

    public static ImmutableArray<AttackRow> Rows { get; } =
    [
        new("G1", "another agent's identity: no token, a wrong one, two, headers", IdentityAsync) { IsCore = true },
        AttackRow.Elsewhere("G2", "other networks, the Docker socket, privileged children", Operator + "; C7 looks for the Docker socket, C11 for another way out"),
        AttackRow.Elsewhere("G3", "kernel interfaces of the sandbox", Operator),
        AttackRow.Elsewhere("G4", "posing as an allowed program", "no decision depends on a program"),
        AttackRow.Elsewhere("G5", "editing policy, configuration or CA", Operator),
        AttackRow.Elsewhere("G6", "killing or starving parts of the control plane", Operator),
        AttackRow.Elsewhere("G7", "empty, half and unknown policies", Operator),
        AttackRow.Elsewhere("G8", "races of policy changes", "needs a change of the policy while it runs"),
        AttackRow.Elsewhere("G9", "replayed and forged approvals", NotBuilt),
        AttackRow.Elsewhere("G10", "races at a budget", NotBuilt),
        AttackRow.Elsewhere("G11", "an audit log with gaps", Operator),
        AttackRow.Elsewhere("G12", "a learn mode that widens the policy", NotBuilt),
        new("G13", "tunnels that are closed at once, while others work", AbandonedAsync),
        AttackRow.Elsewhere("G14", "thousands of names", "too costly for a live data plane"),
    ];

    private static async Task IdentityAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string own = trial.Proxy.IdentityLine;
        string forged = "x-cagent-agent: other\r\nx-cagent-source: other\r\nx-forwarded-for: 127.0.0.9\r\nx-real-ip: 127.0.0.9\r\n";
        trial.Expect("CONNECT to the canary with another's name in headers", Expectation.NoHost, await trial.Proxy.ConnectAsync(trial.Canary.Target, own + forged, cancellationToken).ConfigureAwait(false));
        foreach (AttackUrl other in trial.Targets.OfOthers.Take(1))
        {
            trial.Expect($"CONNECT {other.Target} with another's name in headers", Expectation.NoHost, await trial.Proxy.ConnectAsync(other.Target, own + forged, cancellationToken).ConfigureAwait(false));
        }

        string wrong = "proxy-authorization: Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("cagent-attack:a-token-that-nobody-has")) + "\r\n";
        if (own.Length > 0)
        {
            trial.Expect("no token", Expectation.NoAgent, await trial.Proxy.ConnectAsync(trial.Allowed.Target, "", cancellationToken).ConfigureAwait(false));
            trial.Expect("two tokens", Expectation.NoAgent, await trial.Proxy.ConnectAsync(trial.Allowed.Target, own + wrong, cancellationToken).ConfigureAwait(false));
        }

        if (own.Length > 0 || trial.Targets.HasAgents == true)
        {
            trial.Expect("a wrong token", Expectation.NoAgent, await trial.Proxy.ConnectAsync(trial.Allowed.Target, wrong, cancellationToken).ConfigureAwait(false));
            trial.Expect("a wrong token in another scheme", Expectation.NoAgent, await trial.Proxy.ConnectAsync(trial.Allowed.Target, "proxy-authorization: Bearer a-token-that-nobody-has\r\n", cancellationToken).ConfigureAwait(false));
        }
    }

    private static async Task AbandonedAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        for (int i = 0; i < Abandoned; i++)
        {
            WireConnection connection = await trial.Proxy.DialAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                string target = i % 2 == 0 ? trial.Canary.Target : trial.Allowed.Target;
                await connection.SendAsync($"CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n{trial.Proxy.IdentityLine}\r\n", cancellationToken).ConfigureAwait(false);
            }

            if (i % (Abandoned / Neighbours) == 0)
            {
                trial.Expect("CONNECT to the canary meanwhile", Expectation.NoHost, await trial.Proxy.ConnectAsync(trial.Canary.Target, trial.Proxy.IdentityLine, cancellationToken).ConfigureAwait(false));
                Answer tunnel = await trial.Proxy.ConnectAsync(trial.Allowed.Target, trial.Proxy.IdentityLine, cancellationToken).ConfigureAwait(false);
                trial.Expect("CONNECT to the allowed host meanwhile", "a tunnel", tunnel.Status == 200, tunnel.Shown);
            }
        }
    }
}
