// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Generation;
using FsCheck.Fluent;

namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>
/// What a peer can send, by the million. A failure prints the case, made smaller, and FsCheck's seed.
/// CAGENT_PROPERTY_FACTOR multiplies the cases.
/// </summary>
internal static class Fuzzing
{
    // Together 1,000,000 (FuzzingTests).
    public const int Frames = 230_000;
    public const int Splits = 20_000;
    public const int Messages = 80_000;
    public const int Gzip = 20_000;
    public const int MetadataDecode = 150_000;
    public const int MetadataRoundTrip = 80_000;
    public const int TimeoutParse = 150_000;
    public const int TimeoutFormat = 50_000;
    public const int PercentEncode = 80_000;
    public const int PercentDecode = 80_000;
    public const int Base64 = 60_000;

    // The first calls of a thread allocate what the runtime keeps for it.
    private const long Slack = 16 * 1024;

    /// <summary>Runs a property on so many cases of a maker.</summary>
    public static void Run<T>(int count, Func<CaseRandom, T> make, Func<T, IEnumerable<T>> smaller, Action<T> property) =>
        PropertyTest.Holds(Gen.Choose(int.MinValue, int.MaxValue).Select(seed => make(new CaseRandom(seed))), smaller, property, count);

    /// <summary>Runs what must complete on this thread, and fails when it allocates more than it may.</summary>
    public static void Within(long bytes, Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= bytes + Slack, $"{allocated} bytes were allocated, {bytes} are allowed");
    }

    /// <summary>The outcome of what completes on this thread.</summary>
    public static T Now<T>(Task<T> task)
    {
        Assert.True(task.IsCompleted);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>The text without its first half, its second half, or any one character.</summary>
    public static IEnumerable<string> Smaller(string text)
    {
        if (text.Length > 1)
        {
            yield return text[..(text.Length / 2)];
            yield return text[(text.Length / 2)..];
        }

        for (int i = 0; i < text.Length; i++)
        {
            yield return text.Remove(i, 1);
        }
    }
}
