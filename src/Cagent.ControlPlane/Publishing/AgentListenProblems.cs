// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Compiler;
using Cagent.Compiler.Lowering;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.ControlPlane.Publishing;

/// <summary>What a policy says of agents and this deployment does not open: an agent that nobody could be is the author's error, found before anything is published.</summary>
internal static class AgentListenProblems
{
    public static IEnumerable<Diagnostic> Of(ValidatedPolicy policy, AgentListen listen)
    {
        foreach (PolicyAgent agent in policy.Agents)
        {
            if (agent.Identity.Listener is { } name && Listener(name, agent, policy, listen) is { } problem)
            {
                yield return problem;
            }

            if (agent.Identity.Spiffe is { } id && Certificate(id, agent, listen) is { } unknown)
            {
                yield return unknown;
            }
        }
    }

    private static Diagnostic? Listener(string name, PolicyAgent agent, ValidatedPolicy policy, AgentListen listen)
    {
        if (listen.Find(name) is not { } address)
        {
            return Problem(agent, $"this deployment opens no listener \"{name}\"{(listen.Named.IsEmpty ? "" : $"; it opens {string.Join(", ", listen.Named.Keys)}")}",
                $"start cagent up with --agent-listener {name}=ADDR:PORT, or with --agent-sockets DIR for a Unix socket of every name");
        }

        // What only an address without a port can be told by.
        return address is { IsSocket: true, Path: { } path } && Encoding.UTF8.GetByteCount(path) > ListenAddress.MaxPathBytes
                ? Problem(agent, $"the path {path} is too long for a Unix socket ({ListenAddress.MaxPathBytes} bytes)", "use a shorter name or folder")
            : address.IsSocket && !agent.Identity.Sources.IsEmpty ? Problem(agent, $"whoever connects to {address} has no address to compare with \"source\"", "remove source, or give the listener a port")
            : policy.Agents.Any(other => other.Identity.Listener == name && other.Identity.Spiffe is null != agent.Identity.Spiffe is null)
                ? Problem(agent, $"some agents of the listener \"{name}\" show a certificate and some do not", "a listener speaks TLS with all or with none: give each kind a listener of its own")
            : null;
    }

    private static Diagnostic? Certificate(string id, PolicyAgent agent, AgentListen listen)
    {
        string domain = SpiffeId.TrustDomainOf(id);
        return !listen.TrustBundles.ContainsKey(domain)
            ? Problem(agent, $"this deployment knows no CA of the trust domain \"{domain}\"", $"start cagent up with --trust-bundle {domain}=FILE")
            : agent.Identity.Listener is null && listen.MutualTls is null
                ? Problem(agent, "this deployment opens no listener for agents with a certificate", "start cagent up with --mtls-listen ADDR:PORT, or name a listener")
            : null;
    }

    private static Diagnostic Problem(PolicyAgent agent, string message, string hint) =>
        new(DiagnosticCodes.NoListener, DiagnosticSeverity.Error, message, agent.Identity.Location, null, hint);
}
