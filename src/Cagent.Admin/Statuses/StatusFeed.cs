// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Cagent.Contracts.Admin.V1;
using Cagent.ControlPlane.Budgets;
using Cagent.ControlPlane.Credentials;
using Cagent.ControlPlane.Envoys;
using Cagent.ControlPlane.Publishing;
using Cagent.Xds;
using PolicyStatus = Cagent.ControlPlane.Publishing.PolicyStatus;

namespace Cagent.Admin.Statuses;

/// <summary>
/// The status of the whole deployment, now and as it changes. Thread safe. Nothing is queued: a slow follower misses what
/// was replaced meanwhile, never the newest.
/// </summary>
public sealed class StatusFeed : IDisposable
{
    /// <summary>The pause after each status that <see cref="FollowAsync"/> yields: a publication alone is a dozen changes.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly PolicyPipeline _pipeline;
    private readonly XdsServer _xds;
    private readonly EnvoyVersionGate _gate;
    private readonly IBudgetReport _budgets;
    private readonly ICredentialHealth _credentials;
    private readonly TimeProvider _time;
    private volatile EnvoySupervisor? _envoy;         // written by UseEnvoy, once
    private volatile TaskCompletionSource _changed = NewSource(); // replaced by each change

    /// <summary>A feed over the one pipeline and the one xDS server of this process.</summary>
    public StatusFeed(PolicyPipeline pipeline, XdsServer xds, EnvoyVersionGate gate, IBudgetReport budgets, ICredentialHealth credentials, TimeProvider time)
    {
        _pipeline = pipeline;
        _xds = xds;
        _gate = gate;
        _budgets = budgets;
        _credentials = credentials;
        _time = time;
        gate.RefusedChanged += Beat;
        budgets.Changed += Beat;
        credentials.HealthChanged += Beat;
        pipeline.StatusChanged += OnPolicyChanged;
    }

    /// <summary>The status now.</summary>
    public DeploymentStatus Current =>
        StatusMessages.From(_pipeline.Status, _xds.Nodes, _gate.Refused, _envoy?.State, _budgets, _pipeline.Quarantined, _credentials.Health);

    /// <summary>Adds the Envoy that this process supervises; before, and without one, the status names none.</summary>
    public void UseEnvoy(EnvoySupervisor envoy)
    {
        ArgumentNullException.ThrowIfNull(envoy);
        _envoy = envoy;
        envoy.StateChanged += OnEnvoyChanged;
        Beat();
    }

    /// <summary>The status now, then again after each change, until cancelled.</summary>
    public async IAsyncEnumerable<DeploymentStatus> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DeploymentStatus? last = null;
        while (true)
        {
            // Both taken before the look, so that no change between look and wait is lost.
            Task changed = _changed.Task;
            Task nodesChanged = _xds.NextStatusChange;
            DeploymentStatus current = Current;
            if (!current.Equals(last))
            {
                last = current;
                yield return current;
                await Task.Delay(Pause, _time, cancellationToken).ConfigureAwait(false);
            }

            await Task.WhenAny(changed, nodesChanged).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pipeline.StatusChanged -= OnPolicyChanged;
        _gate.RefusedChanged -= Beat;
        _budgets.Changed -= Beat;
        _credentials.HealthChanged -= Beat;
        if (_envoy is { } envoy)
        {
            envoy.StateChanged -= OnEnvoyChanged;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void OnPolicyChanged(PolicyStatus status) => Beat();

    private void OnEnvoyChanged(EnvoyProcessState state) => Beat();

    private void Beat() => Interlocked.Exchange(ref _changed, NewSource()).TrySetResult();
}
