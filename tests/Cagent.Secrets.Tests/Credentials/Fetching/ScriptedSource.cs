// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Fetching;

namespace Cagent.Secrets.Tests.Credentials.Fetching;

/// <summary>A source that answers what the test says, and counts. The last answer is repeated.</summary>
internal sealed class ScriptedSource : ICredentialFetcher
{
    private readonly ConcurrentQueue<Func<CancellationToken, Task<FetchOutcome>>> _answers = new();
    private Func<CancellationToken, Task<FetchOutcome>> _last = _ => Task.FromResult<FetchOutcome>(new FetchOutcome.Failed(FetchFailure.Invalid, "nothing was scripted"));
    private int _asked;
    private int _running;
    private int _mostRunning;

    public string Source => "scripted";

    public int Asked => Volatile.Read(ref _asked);

    public int MostRunning => Volatile.Read(ref _mostRunning);

    public IReadOnlyCollection<FetchedCredentialDefinition> Retained { get; private set; } = [];

    public void Then(FetchOutcome outcome) => Then(_ => Task.FromResult(outcome));

    public void Then(Func<CancellationToken, Task<FetchOutcome>> answer) => _answers.Enqueue(answer);

    public bool CanFetch(FetchedCredentialDefinition definition) => definition is ScriptedDefinition;

    public string TargetOf(FetchedCredentialDefinition definition) => ((ScriptedDefinition)definition).Target;

    public TimeSpan TimeoutOf(FetchedCredentialDefinition definition) => TimeSpan.FromSeconds(5);

    public async Task<FetchOutcome> FetchAsync(FetchedCredentialDefinition definition, CancellationToken cancellationToken)
    {
        int running = Interlocked.Increment(ref _running);
        InterlockedMax(ref _mostRunning, running);
        try
        {
            if (_answers.TryDequeue(out Func<CancellationToken, Task<FetchOutcome>>? next))
            {
                _last = next;
            }

            Interlocked.Increment(ref _asked);
            return await _last(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public void Retain(IReadOnlyCollection<FetchedCredentialDefinition> definitions) => Retained = definitions;

    private static void InterlockedMax(ref int place, int value)
    {
        int seen = Volatile.Read(ref place);
        while (value > seen && Interlocked.CompareExchange(ref place, value, seen) is var now && now != seen)
        {
            seen = now;
        }
    }
}
