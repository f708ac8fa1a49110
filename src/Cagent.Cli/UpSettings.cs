// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.Compiler;
using Cagent.Secrets.Interception;

namespace Cagent.Cli;

/// <summary>The arguments of <c>cagent up</c>.</summary>
/// <param name="Policy">The policy file, as written.</param>
/// <param name="State">The state directory, as written.</param>
/// <param name="Listen">Where agents reach the proxy.</param>
/// <param name="Envoy">The Envoy executable; null looks for one, <see cref="NoEnvoy"/> runs the control plane alone.</param>
/// <param name="Concurrency">Envoy's worker threads; null takes one a CPU.</param>
/// <param name="LogLevel">The least level that is logged.</param>
/// <param name="LogFormat">How log lines look.</param>
public sealed record UpSettings(string Policy, string State, IPEndPoint Listen, string? Envoy, int? Concurrency, string LogLevel, LogFormat LogFormat)
{
    /// <summary>The value of <c>--envoy</c> for "the control plane alone".</summary>
    public const string NoEnvoy = "none";

    /// <summary>Files that are laid over the policy, in order, as written.</summary>
    public ImmutableArray<string> Overlays { get; init; } = [];

    /// <summary>Where redirected connections arrive.</summary>
    public TransparentListen Transparent { get; init; } = TransparentListen.None;

    /// <summary>Where agents connect that are known by a listener or a certificate; paths are absolute.</summary>
    public AgentListen Agents { get; init; } = AgentListen.None;

    /// <summary>Names, beside the addresses, under which agents reach the proxy by TLS.</summary>
    public ImmutableArray<string> MutualTlsNames { get; init; } = [];

    /// <summary>Everything that Envoy listens on from the start, each with the option that says so.</summary>
    public IEnumerable<(string Option, IPEndPoint Listen)> Listens =>
    [
        ("--listen", Listen),
        .. Transparent.Https.Select(listen => ("--transparent-https", listen)),
        .. Transparent.Http.Select(listen => ("--transparent-http", listen)),
    ];

    /// <summary>How long the certificates live that agents are shown; the bounds and the default of <see cref="LeafOptions.Lifetime"/>.</summary>
    public TimeSpan LeafLifetime { get; init; } = new LeafOptions().Lifetime;

    /// <summary>The rate-limit service for all proxies; null where this Cagent itself counts what has <c>scope: global</c>.</summary>
    public DnsEndPoint? RateLimitService { get; init; }

    /// <summary>Whether an Envoy below the security floor is run and served all the same.</summary>
    public bool AllowVulnerableEnvoy { get; init; }
}
