// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>One request after the other, each by a client of its own or all by one.</summary>
internal sealed class RequestFlow
{
    private readonly CancellationTokenSource _ended = new();
    private readonly ProxyHttp? _shared;
    private readonly Task<ImmutableArray<string>> _task;
    private Func<ProxyHttp>? _open;
    private TaskCompletionSource? _paused;
    private long _count;
    private volatile TaskCompletionSource? _stands;
    private volatile bool _isPaused;

    public RequestFlow(Func<ProxyHttp> open, Uri target)
    {
        _open = open;
        _task = RunAsync(target);
    }

    public RequestFlow(ProxyHttp shared, Uri target)
    {
        _shared = shared;
        _task = RunAsync(target);
    }

    public long Count => Interlocked.Read(ref _count);

    /// <summary>The requests from now on are by other clients.</summary>
    public void Change(Func<ProxyHttp> open)
    {
        Volatile.Write(ref _open, open);
        _isPaused = false;
        Interlocked.Exchange(ref _paused, null)?.TrySetResult();
    }

    /// <summary>Makes no more requests until the next change: returns when none is under way.</summary>
    public async Task PauseAsync()
    {
        Volatile.Write(ref _paused, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        TaskCompletionSource stands = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _stands = stands;
        _isPaused = true;
        await stands.Task;
    }

    /// <summary>Waits for this many more.</summary>
    public Task WaitAsync(int more, TimeSpan limit)
    {
        long wanted = Count + more;
        return Eventually.TrueAsync(() => Count >= wanted, limit, $"{more} more requests");
    }

    /// <summary>What failed.</summary>
    public async Task<ImmutableArray<string>> EndAsync()
    {
        await _ended.CancelAsync();
        ImmutableArray<string> failures = await _task;
        _shared?.Dispose();
        _ended.Dispose();
        return failures;
    }

    private async Task<ImmutableArray<string>> RunAsync(Uri target)
    {
        List<string> failures = [];
        while (!_ended.IsCancellationRequested)
        {
            if (_isPaused && Volatile.Read(ref _paused) is { } paused)
            {
                _stands?.TrySetResult();
                await paused.Task;
            }

            ProxyHttp http = _shared ?? Volatile.Read(ref _open)!();
            try
            {
                using HttpResponseMessage response = await http.Client.GetAsync(target);
                if ((int)response.StatusCode != 200)
                {
                    failures.Add($"{(int)response.StatusCode} at request {Count}");
                }
            }
            catch (HttpRequestException failed)
            {
                failures.Add($"{failed.Message} at request {Count}");
            }
            finally
            {
                if (http != _shared)
                {
                    http.Dispose();
                }
            }

            Interlocked.Increment(ref _count);
        }

        return [.. failures];
    }
}
