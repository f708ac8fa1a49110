// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Load.Runs;

/// <summary>What a soak has seen. Thread safe.</summary>
internal sealed class SoakTally
{
    private long _opened;
    private long _messages;
    private long _failures;
    private volatile string? _firstFailure;

    public long Opened => Interlocked.Read(ref _opened);

    public long Messages => Interlocked.Read(ref _messages);

    public long Failures => Interlocked.Read(ref _failures);

    public string? FirstFailure => _firstFailure;

    public void OnOpened() => Interlocked.Increment(ref _opened);

    public void OnMessages(long count) => Interlocked.Add(ref _messages, count);

    public void Fail(string reason)
    {
        _firstFailure ??= reason;
        Interlocked.Increment(ref _failures);
    }
}
