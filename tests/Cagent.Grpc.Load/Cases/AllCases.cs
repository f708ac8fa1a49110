// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Load.Cases;

/// <summary>The rows of the report, in its order.</summary>
internal static class AllCases
{
    private const int Small = 100;
    private const int Push = 10 * 1024;
    private const int LargePush = 1024 * 1024;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(0.7);
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(2);

    public static IReadOnlyList<LoadCase> List { get; } =
    [
        new EchoCase("unary-1", IsUnary: true, 1, 1, Small, s_warmUp, s_duration),
        new EchoCase("unary-16", IsUnary: true, 4, 4, Small, s_warmUp, s_duration),
        new EchoCase("unary-64", IsUnary: true, 8, 8, Small, s_warmUp, s_duration),
        new EchoCase("bidi-64", IsUnary: false, 8, 8, Small, s_warmUp, s_duration),
        new StreamCase("stream-16", 4, 4, Small, 10_000),
        new FanOutCase("fanout-10k-1000x1", 1000, 1, Push, 9),
        new FanOutCase("fanout-10k-50x20", 50, 20, Push, 9),
        new FanOutCase("fanout-10k-5000x1", 5000, 1, Push, 7),
        new FanOutCase("fanout-10k-50x100", 50, 100, Push, 7),
        new FanOutCase("fanout-1m-1000x1", 1000, 1, LargePush, 3),
    ];
}
