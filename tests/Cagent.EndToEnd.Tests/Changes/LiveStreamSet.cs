// SPDX-License-Identifier: Apache-2.0
using Xunit.Abstractions;

namespace Cagent.EndToEnd.Tests.Changes;

/// <summary>A WebSocket, events, a download and a tunnel that is passed through.</summary>
internal sealed record LiveStreamSet(params LiveStream[] All) : IAsyncDisposable
{
    public async Task EndAsync(long since, TimeSpan limit, ITestOutputHelper output)
    {
        foreach (LiveStream stream in All)
        {
            TimeSpan end = await stream.WaitForEndAsync(since);
            output.WriteLine($"{stream.Name} ended after {end.TotalMilliseconds:0} ms");
            Assert.True(end < limit, $"{stream.Name} ended only after {end}");
        }
    }

    public Task LiveOnAsync(int beats = 20) => Task.WhenAll(All.Select(stream => stream.WaitForBeatsAsync(beats)));

    public async ValueTask DisposeAsync()
    {
        foreach (LiveStream stream in All)
        {
            await stream.DisposeAsync();
        }
    }
}
