// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Authorization;
using Cagent.Xds.Nodes;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Envoys;

/// <summary>
/// Serves Envoys at the security floor or above, and nobody else: no resource goes to a node before it has passed here. The
/// transport has let the caller in; this is about what it runs, and a node could lie. Thread safe.
/// </summary>
public sealed class EnvoyVersionGate : IXdsAuthorizer
{
    /// <summary>How many refused nodes are kept for the status; the oldest goes first.</summary>
    public const int MaxRefused = 16;

    private const string Cure = "run a newer patch of Envoy, or start cagent with --allow-vulnerable-envoy";
    private static readonly Status NoStatus = new(StatusCode.PermissionDenied, "the status service is not served here");

    private readonly bool _allowsVulnerable;
    private readonly EnvoyMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<EnvoyVersionGate> _logger;
    private readonly Lock _lock = new(); // held by writers of _refused
    private ImmutableArray<RefusedEnvoy> _refused = []; // swapped as a whole

    /// <param name="options">Of these, whether Envoys below the floor are served all the same.</param>
    /// <param name="metrics">Counts refusals and exceptions.</param>
    /// <param name="time">For the status.</param>
    /// <param name="logger">For exceptions; the refusals are told by the xDS server.</param>
    public EnvoyVersionGate(ControlPlaneOptions options, EnvoyMetrics metrics, TimeProvider time, ILogger<EnvoyVersionGate> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _allowsVulnerable = options.AllowVulnerableEnvoy;
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    /// <summary>Called after each change of <see cref="Refused"/>, on the thread of a stream: return quickly.</summary>
    public event Action? RefusedChanged;

    /// <summary>The nodes that were refused last and have not been let in since, oldest first.</summary>
    public ImmutableArray<RefusedEnvoy> Refused
    {
        get
        {
            lock (_lock)
            {
                return _refused;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<Status> AuthorizeNodeAsync(NodeIdentity claimed, XdsCaller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claimed);
        EnvoyStanding standing = EnvoySecurityFloor.Judge(claimed.Program);
        if (standing != EnvoyStanding.Safe && !_allowsVulnerable)
        {
            string reason = Explain(standing, claimed);
            _metrics.Refused(standing);
            Remember(new RefusedEnvoy(claimed.Id, claimed.UserAgent, reason, _time.GetUtcNow()));
            return ValueTask.FromResult(new Status(StatusCode.FailedPrecondition, reason));
        }

        Forget(claimed.Id);
        if (standing != EnvoyStanding.Safe)
        {
            _metrics.ServedVulnerable(standing);
            ControlPlaneLog.EnvoyServedBelowFloor(_logger, claimed.Id, Explain(standing, claimed));
        }

        return ValueTask.FromResult(Status.DefaultSuccess);
    }

    /// <inheritdoc/>
    public ValueTask<Status> AuthorizeStatusAsync(XdsCaller caller, CancellationToken cancellationToken) => ValueTask.FromResult(NoStatus);

    private static string Explain(EnvoyStanding standing, NodeIdentity node) => standing switch
    {
        EnvoyStanding.BelowFloor => $"Envoy {node.Program.VersionText} is below the security floor ({EnvoySecurityFloor.Text}); {Cure}",
        EnvoyStanding.NotEnvoy => $"\"{node.UserAgent}\" is not an Envoy; only Envoy ({EnvoySecurityFloor.Text}) is served",
        _ => $"the node does not say its Envoy version, so it cannot be held against the security floor ({EnvoySecurityFloor.Text}); {Cure}",
    };

    private void Remember(RefusedEnvoy refused)
    {
        lock (_lock)
        {
            if (_refused.Any(known => known.NodeId == refused.NodeId && known.Reason == refused.Reason))
            {
                return;
            }

            // A node that comes back with another version is one line, not two.
            _refused = [.. _refused.Where(known => known.NodeId != refused.NodeId).TakeLast(MaxRefused - 1), refused];
        }

        RefusedChanged?.Invoke();
    }

    private void Forget(string node)
    {
        lock (_lock)
        {
            if (!_refused.Any(known => known.NodeId == node))
            {
                return;
            }

            _refused = [.. _refused.Where(known => known.NodeId != node)];
        }

        RefusedChanged?.Invoke();
    }
}
