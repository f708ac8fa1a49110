// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Cagent.ControlPlane.Credentials;

namespace Cagent.Secrets.Credentials.Fetching;

/// <summary>
/// Metrics of credentials, in the meter <c>Cagent.Secrets</c>: by kind of source and by state, never by name, which has no bound. Thread safe.
/// </summary>
public sealed class CredentialMetrics
{
    private readonly Counter<long> _fetches;
    private readonly Histogram<double> _duration;
    private volatile ICredentialHealth? _health; // written by Watch, once

    /// <summary>Creates the instruments.</summary>
    public CredentialMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        Meter meter = meters.Create("Cagent.Secrets");
        _fetches = meter.CreateCounter<long>("cagent.credential.fetches", "{fetch}", "Times that a source was asked for a credential, by kind of source and outcome.");
        _duration = meter.CreateHistogram<double>("cagent.credential.fetch.duration", "s", "How long sources took to answer, by kind of source and outcome.");
        meter.CreateObservableGauge("cagent.credential.count", Count, "{credential}", "Credentials of the policy in force, by kind of source and state.");
    }

    internal void Watch(ICredentialHealth health) => _health = health;

    internal void Fetched(string source, FetchOutcome outcome, TimeSpan elapsed)
    {
        KeyValuePair<string, object?> kind = new("cagent.credential.source", source);
        KeyValuePair<string, object?> result = new("outcome", outcome is FetchOutcome.Failed failed ? Word(failed.Failure) : "fetched");
        _fetches.Add(1, kind, result);
        if (outcome is not FetchOutcome.Failed { Failure: FetchFailure.CircuitOpen })
        {
            _duration.Record(elapsed.TotalSeconds, kind, result);
        }
    }

    private IEnumerable<Measurement<long>> Count() =>
        from credential in _health?.Health ?? []
        group credential by (credential.Source, credential.State) into same
        select new Measurement<long>(same.Count(), new("cagent.credential.source", same.Key.Source), new("state", Word(same.Key.State)));

    private static string Word(CredentialState state) => state switch
    {
        CredentialState.Pending => "pending",
        CredentialState.Available => "available",
        CredentialState.Stale => "stale",
        _ => "unavailable",
    };

    private static string Word(FetchFailure failure) => failure switch
    {
        FetchFailure.Unreachable => "unreachable",
        FetchFailure.TimedOut => "timed_out",
        FetchFailure.Unavailable => "unavailable",
        FetchFailure.Refused => "refused",
        FetchFailure.Missing => "missing",
        FetchFailure.Invalid => "invalid",
        FetchFailure.NotReady => "not_ready",
        _ => "circuit_open",
    };
}
