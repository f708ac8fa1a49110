// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Cagent.Grpc.Load.Cases;
using Cagent.Grpc.Load.Checks;
using Cagent.Grpc.Load.Runs;
using Cagent.Grpc.Load.Servers;
using Cagent.Grpc.Server;
using Cagent.LoadClient;
using Microsoft.AspNetCore.Builder;

CommandLineArguments arguments = new(args);
switch (args.FirstOrDefault())
{
    case "serve":
        return await ServeAsync();
    case "bench":
        return await BenchAsync();
    case "soak":
        return await SoakRun.RunAsync(Peer.Parse(arguments.Text("--peer", "")), SoakOptions.From(arguments));
    case "policy":
        Console.Write(CheckPolicy.Text(arguments.Number("--entries", 1000)));
        return 0;
    case "check":
        return await CheckAsync();
    case "check-report":
        Console.Write(await CheckReport.WriteAsync(arguments.Text("--raw", "")));
        return 0;
    default:
        Console.Error.WriteLine(
            """
            usage: serve cagent|raw --port N [--push dispatcher|raw|message] [--workers N] [--types true]
                   bench --peer NAME=ADDRESS:PORT[/PID]... [--rounds N] [--cases PREFIX,...] [--raw FILE]
                   policy --entries N
                   check --peer NAME-ENTRIES=ADDRESS:PORT[/PID[/COUNTERS]]... --raw FILE [--round N] [--concurrency N]... [--warm-up MS] [--duration MS]
                   check-report --raw FILE
                   soak  --peer NAME=ADDRESS:PORT/PID [--seconds N] [--streams N] [--size N] [--stalled N]
            """);
        return 2;
}

async Task<int> ServeAsync()
{
    int port = arguments.Number("--port", 0);
    TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = end.TrySetResult());
    using AllocationSample? types = arguments.Text("--types", "") == "true" ? new AllocationSample() : null;
    if (args.ElementAtOrDefault(1) == "raw")
    {
        await using WebApplication raw = await RawPeer.StartAsync(port);
        await end.Task;
        return 0;
    }

    using Subscribers subscribers = new(Enum.Parse<PushMode>(arguments.Text("--push", "dispatcher"), ignoreCase: true), arguments.Number("--workers", 8));
    await using GrpcServer server = await CagentPeer.StartAsync(port, subscribers);
    await end.Task;
    foreach (string line in types?.Report() ?? [])
    {
        Console.WriteLine(line);
    }

    return 0;
}

async Task<int> BenchAsync()
{
    Peer[] peers = [.. arguments.All("--peer").Select(Peer.Parse)];
    string[] prefixes = arguments.Text("--cases", "").Split(',');
    LoadCase[] cases = [.. AllCases.List.Where(one => prefixes.Any(prefix => one.Name.StartsWith(prefix, StringComparison.Ordinal)))];
    await using StreamWriter raw = new(arguments.Text("--raw", "/dev/null"));
    IReadOnlyList<Measurement> all = await BenchmarkRun.RunAsync(peers, cases, arguments.Number("--rounds", 5), raw);
    Console.Write(BenchmarkReport.Write(cases, peers, all));
    return 0;
}

async Task<int> CheckAsync()
{
    await using StreamWriter raw = new(arguments.Text("--raw", "/dev/null"), append: true);
    await CheckRun.RunAsync([.. arguments.All("--peer").Select(Peer.Parse)], arguments, raw);
    return 0;
}
