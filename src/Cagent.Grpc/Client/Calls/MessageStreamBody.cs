// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Grpc.Client.Retries;

namespace Cagent.Grpc.Client.Calls;

/// <summary>
/// The requests of a streaming call. The writer writes straight to the stream of the current attempt; a new attempt first
/// sends again what was kept. One writer; the transport and the end of the call come from other threads.
/// </summary>
#pragma warning disable CA1001 // Neither field holds a timer or a handle, and a late write may still ask them.
internal sealed class MessageStreamBody(RetryBudget budget) : RequestBody
#pragma warning restore CA1001
{
    private readonly RetryBudget.Share _share = new(budget);
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Held by whoever writes to a stream, and guards _kept.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<byte[]> _kept = [];

    // The fields below are guarded by _lock.
    private readonly Lock _lock = new();
    private Attachment _attachment;
    private Stream? _stream;
    private int _generation;
    private bool _isCommitted;
    private bool _hasDropped;
    private bool _hasUnsent;
    private TaskCompletionSource? _changed;

    /// <summary>What the current attempt has of this body.</summary>
    private enum Attachment
    {
        /// <summary>Not asked for the body yet.</summary>
        None,

        /// <summary>Its stream takes messages.</summary>
        Attached,

        /// <summary>Its stream is gone.</summary>
        Lost,
    }

    /// <summary>Cancelled when the call is over, so that a write does not wait for a peer that will not read.</summary>
    public CancellationToken EndedToken => _ended.Token;

    public override HttpContent CreateContent() => new Content(this, _generation);

    public override bool TryRewind()
    {
        lock (_lock)
        {
            if (_hasDropped || _isCommitted)
            {
                return false;
            }

            _generation++;
            _attachment = Attachment.None;
            _stream = null;
            return true;
        }
    }

    public override void Commit()
    {
        lock (_lock)
        {
            _isCommitted = true;
            Pulse();
        }

        // When a write runs, the next one drops what is kept.
        if (_gate.Wait(0, CancellationToken.None))
        {
            DropIfSent();
            _gate.Release();
        }
    }

    public override void End()
    {
        _ended.Cancel();
        _share.Return();
        lock (_lock)
        {
            Pulse();
        }
    }

    /// <summary>Half-closes the call.</summary>
    public void Complete() => _completed.TrySetResult();

    /// <summary>Sends one frame; returns when the transport has taken it.</summary>
    /// <exception cref="IOException">The stream is gone, and there will be no other.</exception>
    /// <exception cref="OperationCanceledException">The token, or the end of the call.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        Stream? stream;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            stream = Prepare(frame);
            if (stream is not null && await TrySendAsync(stream, frame, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
        finally
        {
            _gate.Release();
        }

        await WaitUntilSentAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps the frame where it may be needed again; returns the stream to write to, if there is one. The gate is held.</summary>
    private Stream? Prepare(ReadOnlyMemory<byte> frame)
    {
        DropIfSent();
        Stream? stream;
        lock (_lock)
        {
            bool isKept = !_isCommitted && !_hasDropped && _share.TryTake(frame.Length);
            if (!isKept)
            {
                // Too large to keep: this attempt is the last, but it still gets everything once.
                _isCommitted = true;
            }

            if (isKept || _stream is null)
            {
                _kept.Add(frame.ToArray());
            }

            _hasUnsent = true;
            stream = _stream;
        }

        DropIfSent();
        return stream;
    }

    private async ValueTask<bool> TrySendAsync(Stream stream, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException or InvalidOperationException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Detach(stream);
            return false;
        }

        lock (_lock)
        {
            _hasUnsent = false;
        }

        return true;
    }

    private async Task WaitUntilSentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (!_hasUnsent)
                {
                    return;
                }

                if (_ended.IsCancellationRequested || (_isCommitted && _attachment == Attachment.Lost))
                {
                    throw new IOException("The stream of the call is gone.");
                }

                _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SendToAsync(Stream stream, int generation, CancellationToken cancellationToken)
    {
        try
        {
            // Sends the headers: the server's handler must start before the first message.
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            await ReplayAsync(stream, generation, cancellationToken).ConfigureAwait(false);
            // The server need not reset a stream that it has ended: one whose request goes on would stay open. The exception resets it.
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
            await _completed.Task.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEndOfStream(e) && !_ended.IsCancellationRequested)
        {
            // See there. When the call ended here, it must not return: the transport would end the request in good order, and one that was
            // given up would look complete.
        }
        finally
        {
            Leave(stream, generation);
        }
    }

    private async Task ReplayAsync(Stream stream, int generation, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfNotReplayable(generation);
            foreach (byte[] frame in _kept)
            {
                await stream.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            lock (_lock)
            {
                ThrowIfStale(generation);
                _attachment = Attachment.Attached;
                _stream = stream;
                _hasUnsent = false;
                Pulse();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private void ThrowIfNotReplayable(int generation)
    {
        lock (_lock)
        {
            ThrowIfStale(generation);
            if (_hasDropped)
            {
                _attachment = Attachment.Lost;
                Pulse();
                throw new RequestNotKeptException("The requests were not kept, so they cannot be sent again.");
            }
        }
    }

    private void ThrowIfStale(int generation)
    {
        if (generation != _generation)
        {
            throw new RequestNotKeptException("Another attempt has taken the place of this one.");
        }
    }

    /// <summary>The attempt's stream is gone, perhaps before it took a message: then a write must not go on waiting for it.</summary>
    private void Leave(Stream stream, int generation)
    {
        lock (_lock)
        {
            if (generation == _generation && _attachment == Attachment.None)
            {
                _attachment = Attachment.Lost;
                Pulse();
            }
        }

        Detach(stream);
    }

    private void Detach(Stream stream)
    {
        lock (_lock)
        {
            if (_stream == stream)
            {
                _stream = null;
                _attachment = Attachment.Lost;
                Pulse();
            }
        }
    }

    /// <summary>Lets go of what no attempt needs any more. The gate is held.</summary>
    private void DropIfSent()
    {
        lock (_lock)
        {
            if (!_isCommitted || _stream is null || _hasDropped)
            {
                return;
            }

            _hasDropped = true;
            _kept.Clear();
            _share.Return();
        }
    }

    private void Pulse()
    {
        _changed?.TrySetResult();
        _changed = null;
    }

    private sealed class Content : HttpContent
    {
        private readonly MessageStreamBody _body;
        private readonly int _generation;

        public Content(MessageStreamBody body, int generation)
        {
            _body = body;
            _generation = generation;
            Headers.ContentType = ContentType;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            _body.SendToAsync(stream, _generation, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
