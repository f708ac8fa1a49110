// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Tests.Support;

/// <summary>A clock that lets nobody read it until it is released: stops an operation in the middle.</summary>
internal sealed class HeldTime(TimeProvider inner) : TimeProvider, IDisposable
{
    private readonly ManualResetEventSlim _released = new();
    private int _waiting;

    public int Waiting => Volatile.Read(ref _waiting);

    public override DateTimeOffset GetUtcNow()
    {
        Interlocked.Increment(ref _waiting);
        _released.Wait(TimeSpan.FromSeconds(20));
        return inner.GetUtcNow();
    }

    public void Release() => _released.Set();

    public void Dispose() => _released.Dispose();
}
