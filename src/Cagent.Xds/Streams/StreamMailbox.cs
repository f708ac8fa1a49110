// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Cagent.Xds.Csds;
using Cagent.Xds.OnDemand;

namespace Cagent.Xds.Streams;

/// <summary>
/// What others leave for a stream's loop. Producers put and signal, they never write to the stream and never wait for it;
/// only the reader of requests does, which is the backpressure on the client.
/// </summary>
internal sealed class StreamMailbox
{
    private const int MaxRequests = 16;
    private const int MaxChangedNames = 1024;

    // Full: the reader waits, and HTTP/2 flow control stops the client.
    private readonly Channel<IncomingRequest> _requests = Channel.CreateBounded<IncomingRequest>(
        new BoundedChannelOptions(MaxRequests) { SingleReader = true, SingleWriter = true });

    // A second signal before the loop wakes says nothing new.
    private readonly WakeSignal _wake = new();

    // Bounded by the number of questions that may run. Made by the first answer: an empty queue takes a kilobyte.
    private ConcurrentQueue<OnDemandAnswer>? _answers;

    // Guards the two fields below; held for set operations only.
    private readonly Lock _changedLock = new();
    private HashSet<(string TypeUrl, string Name)>? _changed;
    private HashSet<string>? _changedTypes;

    // One slot, shared by everyone who asks before the loop comes to it.
    private TaskCompletionSource<ImmutableArray<ResourceReport>?>? _question;

    /// <summary>Whether somebody waits for a report.</summary>
    public bool HasQuestion => Volatile.Read(ref _question) is not null;

    /// <summary>Ends when the client half-closed or the transport failed.</summary>
    public Task RequestsEnded => _requests.Reader.Completion;

    public void Signal() => _wake.Signal();

    /// <summary>Waits for the next signal; whoever cancels signals too.</summary>
    public ValueTask WaitAsync() => _wake.WaitAsync();

    /// <summary>Puts a request, when there is room. The loop may run within this call.</summary>
    public async ValueTask PutAsync(IncomingRequest request, CancellationToken cancellationToken)
    {
        await _requests.Writer.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        _wake.SignalInline();
    }

    public void EndRequests(Exception? exception)
    {
        _requests.Writer.TryComplete(exception);
        Signal();
    }

    public bool TryTake(out IncomingRequest? request) => _requests.Reader.TryRead(out request);

    public void Put(OnDemandAnswer answer)
    {
        LazyInitializer.EnsureInitialized(ref _answers).Enqueue(answer);
        Signal();
    }

    public bool TryTake(out OnDemandAnswer? answer)
    {
        answer = null;
        return Volatile.Read(ref _answers)?.TryDequeue(out answer) == true;
    }

    /// <summary>Asks the loop for a report.</summary>
    public Task<ImmutableArray<ResourceReport>?> AskAsync()
    {
        var mine = new TaskCompletionSource<ImmutableArray<ResourceReport>?>(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<ImmutableArray<ResourceReport>?> asked = Interlocked.CompareExchange(ref _question, mine, null) ?? mine;
        Signal();
        return asked.Task;
    }

    /// <summary>Answers everyone who asked; null when there is nothing to tell any more.</summary>
    public void AnswerQuestion(ImmutableArray<ResourceReport>? report) => Interlocked.Exchange(ref _question, null)?.TrySetResult(report);

    /// <summary>Notes names that a source changed. Too many, or an empty list: every name of the type.</summary>
    public void PutChanged(string typeUrl, ImmutableArray<string> names)
    {
        lock (_changedLock)
        {
            if (names.IsDefaultOrEmpty || (_changed?.Count ?? 0) + names.Length > MaxChangedNames)
            {
                (_changedTypes ??= new HashSet<string>(StringComparer.Ordinal)).Add(typeUrl);
            }
            else
            {
                _changed ??= [];
                foreach (string name in names)
                {
                    _changed.Add((typeUrl, name));
                }
            }
        }

        Signal();
    }

    /// <summary>Gives and forgets the changes; a null name stands for every name of the type.</summary>
    public IReadOnlyList<(string TypeUrl, string? Name)> TakeChanged()
    {
        lock (_changedLock)
        {
            if (_changed is null && _changedTypes is null)
            {
                return [];
            }

            (string, string?)[] changes =
            [
                .. (_changedTypes ?? []).Select(type => (type, (string?)null)),
                .. (_changed ?? []).Select(change => (change.TypeUrl, (string?)change.Name)),
            ];
            _changed = null;
            _changedTypes = null;
            return changes;
        }
    }
}
