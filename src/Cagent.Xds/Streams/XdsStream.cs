// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using Cagent.Xds.Nodes;
using Cagent.Xds.OnDemand;
using Cagent.Xds.Ordering;
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;
using Grpc.Core;

namespace Cagent.Xds.Streams;

/// <summary>
/// One stream of any variant. Its loop alone owns all state and is the only writer; everyone else leaves things in the mailbox.
/// </summary>
/// <remarks>
/// The first message is judged in <c>.Opening</c>, requests are handled in <c>.Requests</c>, status is kept in <c>.Status</c>
/// and told in full in <c>.Report</c>.
/// </remarks>
internal sealed partial class XdsStream
{
    private const int RequestsPerStep = 32;

    private readonly StreamScope _scope;
    private readonly StreamMailbox _mailbox = new();
    private readonly NodeClaim _claim = new();
    private readonly StreamState _state;
    private readonly XdsType? _onlyType;
    private readonly long _openedAt;
    private readonly DateTimeOffset _connectedSince;
    private readonly RequestBudget _budget;
    private readonly NodeOverlay _overlay;
    private int _areOwnResourcesStale;
    private OnDemandRequests? _onDemand;
    private TimeSpan _lookedAt;

    // The moment for which the timer is set, and whether it has not rung yet; it rings on a thread of its own.
    private TimeSpan _ringsAt;
    private volatile bool _isTimerSet;

    /// <param name="scope">What all streams share.</param>
    /// <param name="variant">How it speaks.</param>
    /// <param name="onlyType">The one type that it carries; null on an aggregated stream.</param>
    public XdsStream(StreamScope scope, XdsVariant variant, XdsType? onlyType)
    {
        _scope = scope;
        _onlyType = onlyType;
        Variant = variant;
        _overlay = new NodeOverlay(scope.Options, scope.Logger);
        _budget = new RequestBudget(scope.Options.RequestsPerSecond, scope.Options.RequestBurst);
        _openedAt = scope.Time.GetTimestamp();
        _connectedSince = scope.Time.GetUtcNow();
        var nonces = new NonceSource(BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))));
        _state = new StreamState(scope.Limits, nonces, (type, name) => scope.Sources.Find(type, name) is not null, variant);
    }

    public XdsVariant Variant { get; }

    /// <summary>Null before the first message.</summary>
    public NodeIdentity? Node => _claim.Node;

    /// <summary>Wakes the loop, which then looks for a new publication. Never blocks.</summary>
    public void Signal() => _mailbox.Signal();

    /// <summary>Leaves word that the node's own resources changed. Never blocks.</summary>
    public void SignalNodeResources()
    {
        Interlocked.Exchange(ref _areOwnResourcesStale, 1);
        _mailbox.Signal();
    }

    /// <summary>Leaves word that a source changed names. Never blocks.</summary>
    public void SignalChanged(string typeUrl, ImmutableArray<string> names) => _mailbox.PutChanged(typeUrl, names);

    /// <summary>Runs until the client or the server ends the stream, and gives the status to end it with.</summary>
    public async Task<Status> RunAsync(StreamTransport transport, CancellationToken cancellationToken)
    {
        using var lifetime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using CancellationTokenRegistration wake = lifetime.Token.UnsafeRegister(static mailbox => ((StreamMailbox)mailbox!).Signal(), _mailbox);
        IResponseWriter writer = transport.CreateWriter(_scope);
        Task reading = Task.CompletedTask;
        // The timer and a publication do the same: they wake the loop.
        await using ITimer timer = _scope.Time.CreateTimer(static stream => ((XdsStream)stream!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            if (await OpenAsync(transport, lifetime.Token).ConfigureAwait(false) is { } refused)
            {
                return refused;
            }

            reading = ReadAsync(transport, lifetime.Token);
            while (true)
            {
                await _mailbox.WaitAsync().ConfigureAwait(false);
                lifetime.Token.ThrowIfCancellationRequested();
                if (await StepAsync(writer, lifetime.Token).ConfigureAwait(false) is { } end)
                {
                    return end;
                }

                EndOpening();
                SetTimer(timer);
            }
        }
        catch (OperationCanceledException) when (lifetime.IsCancellationRequested)
        {
            return StreamStatus.Cancelled;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // The transport gives a write up by cancelling it.
            return StreamStatus.SlowClient;
        }
        catch (RpcException exception)
        {
            return exception.Status;
        }
        finally
        {
            await lifetime.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            await writer.EndAsync().ConfigureAwait(false);
            Close();
            _isOver = true;
            LeavePush();
            _mailbox.AnswerQuestion(null);
        }
    }

    // One message at a time: a client that sends faster than the loop works is stopped by flow control.
    private async Task ReadAsync(StreamTransport transport, CancellationToken cancellationToken)
    {
        try
        {
            while (await transport.ReadAsync(cancellationToken).ConfigureAwait(false) is { } request)
            {
                await _mailbox.PutAsync(request, cancellationToken).ConfigureAwait(false);
            }

            _mailbox.EndRequests(null);
        }
#pragma warning disable CA1031 // Reset, bad message, cancellation: in every case there is nothing more to read, and the loop decides.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _mailbox.EndRequests(exception);
        }
    }

    private async ValueTask<Status?> StepAsync(IResponseWriter writer, CancellationToken cancellationToken)
    {
        TakeLatest();

        bool isDrained = HandleRequests(out Status? end);
        if (end is not null)
        {
            return end;
        }

        HandleOnDemand();
        _lookedAt = Age;
        foreach (ResponsePart part in _state.Next(_lookedAt))
        {
            await WriteAsync(writer, part, cancellationToken).ConfigureAwait(false);
        }

        AskSources(cancellationToken);
        UpdateStatus();
        ReportPush();
        AnswerQuestion();
        if (!isDrained)
        {
            _mailbox.Signal();
            return null;
        }

        return _mailbox.RequestsEnded.IsCompleted ? EndOfRequests() : null;
    }

    private void TakeLatest()
    {
        if (_claim.Node is { } node)
        {
            if (Interlocked.Exchange(ref _areOwnResourcesStale, 0) == 1)
            {
                // What it had stays when the source fails.
                _ = _overlay.Ask(node, _claim.Message!);
            }

            _state.Publish(_overlay.On(_scope.Events.LatestFor(node), node));
        }
    }

    private TimeSpan Age => _scope.Time.GetElapsedTime(_openedAt);

    private Status EndOfRequests() => _mailbox.RequestsEnded switch
    {
        { IsCompletedSuccessfully: true } => Status.DefaultSuccess,
        { Exception.InnerException: RpcException exception } => exception.Status,
        _ => StreamStatus.Cancelled,
    };

    private async ValueTask WriteAsync(IResponseWriter responses, ResponsePart part, CancellationToken cancellationToken)
    {
        await responses.WriteAsync(part, _state.Published!.Bodies, cancellationToken).ConfigureAwait(false);
        _budget.Expect();
        _scope.Metrics.Response(part.Type);
        _scope.Logger.ResponseSent(
            _claim.Node!.Id, part.Type.ShortName, part.Resources.Length, part.Removed.Length, part.Revision, part.Nonce);
    }

    private void HandleOnDemand()
    {
        foreach ((string typeUrl, string? name) in _mailbox.TakeChanged())
        {
            if (XdsType.TryFind(typeUrl, out XdsType? type))
            {
                _state.Find(type)?.Subscription.AskAgain(name);
            }
        }

        while (_mailbox.TryTake(out OnDemandAnswer? answer))
        {
            _onDemand!.Complete(answer!);
            _scope.Metrics.OnDemand(answer!.Type, answer switch { { IsFailure: true } => "failed", { Resource: null } => "missing", _ => "found" });
            if (_state.Find(answer.Type) is not { } type)
            {
                continue;
            }

            if (answer.IsFailure)
            {
                type.Subscription.SupplyFailed(answer.Name);
            }
            else
            {
                type.Subscription.Supply(answer.Name, answer.Resource);
            }
        }
    }

    private void AskSources(CancellationToken cancellationToken)
    {
        // Before the first publication nothing can be answered, and the snapshot may hold the name.
        if (_onDemand is not { } onDemand || _state.Published is null)
        {
            return;
        }

        foreach (TypeProgress type in _state.Types)
        {
            foreach (string name in type.Subscription.TakeQuestions())
            {
                onDemand.Ask(type.Type, name);
            }
        }

        onDemand.Start(cancellationToken);
    }

    private void Ring()
    {
        _isTimerSet = false;
        _mailbox.Signal();
    }

    // Only ever set to something earlier: one that rings too soon costs a look, and thousands of streams that move theirs with each push
    // and each ACK cost a lock that they share.
    private void SetTimer(ITimer timer)
    {
        // From the last look on, not from now: what fell due in between nobody has seen.
        if (_state.NextDeadline(_lookedAt) is not { } deadline || (_isTimerSet && _ringsAt <= deadline))
        {
            return;
        }

        TimeSpan due = deadline - Age;
        _ringsAt = deadline;
        _isTimerSet = true;

        // The timer cuts fractions of a millisecond off; a moment too early would find nothing to do.
        timer.Change((due > TimeSpan.Zero ? due : TimeSpan.Zero) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}
