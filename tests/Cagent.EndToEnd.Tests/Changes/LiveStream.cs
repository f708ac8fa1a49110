// SPDX-License-Identifier: Apache-2.0
using System.Net.WebSockets;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Changes;

/// <summary>A stream that is read in the background: it counts signs of life and notes when and how it ended. Thread safe.</summary>
internal sealed class LiveStream : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<ValueTask> _close;
    private readonly Task _reading;
    private long _beats;
    private volatile Ending? _ending; // written once, by the reader

    private LiveStream(string name, Func<CancellationToken, Task<bool>> beat, Func<ValueTask> close)
    {
        Name = name;
        _close = close;
        _reading = Task.Run(() => ReadAsync(beat));
    }

    public string Name { get; }

    /// <summary>How often something has arrived.</summary>
    public long Beats => Interlocked.Read(ref _beats);

    /// <summary>When the stream ended, as a timestamp of the system's clock; null while it lives.</summary>
    public long? EndedAt => _ending?.At;

    /// <summary>How it ended; empty while it lives.</summary>
    public string End => _ending?.Reason ?? "";

    /// <summary>Starts reading. <paramref name="beat"/> gives false at an orderly end.</summary>
    public static LiveStream Start(string name, Func<CancellationToken, Task<bool>> beat, Func<ValueTask> close) => new(name, beat, close);

    /// <summary>Waits for so many more signs of life; fails at once when the stream ends.</summary>
    public async Task WaitForBeatsAsync(long count)
    {
        long target = Beats + count;
        await Eventually.TrueAsync(() => Beats >= target || EndedAt is not null, Patience, $"{count} more signs of life of {Name}");
        Assert.True(EndedAt is null, $"{Name} has ended: {End}");
    }

    /// <summary>Waits for the end and gives the time from <paramref name="since"/> to it.</summary>
    public async Task<TimeSpan> WaitForEndAsync(long since)
    {
        await Eventually.TrueAsync(() => EndedAt is not null, Patience, $"the end of {Name}");
        return TimeProvider.System.GetElapsedTime(since, EndedAt!.Value);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        await _close();
        _stop.Dispose();
    }

    private async Task ReadAsync(Func<CancellationToken, Task<bool>> beat)
    {
        string reason = "closed in order";
        try
        {
            while (await beat(_stop.Token))
            {
                Interlocked.Increment(ref _beats);
            }
        }
        catch (Exception e) when (e is IOException or WebSocketException or HttpRequestException or OperationCanceledException)
        {
            reason = e.Message;
        }

        _ending = new Ending(TimeProvider.System.GetTimestamp(), reason);
    }

    private sealed record Ending(long At, string Reason);
}
