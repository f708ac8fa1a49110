// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.LoadClient;
using Cagent.Xds.Load.Cases;
using Cagent.Xds.Load.Peers;
using Cagent.Xds.Load.Runs;

CommandLineArguments arguments = new(args);
switch (args.FirstOrDefault())
{
    case "bench":
        return await BenchAsync();
    case "report":
        Console.Write(BenchmarkReport.Write(await File.ReadAllLinesAsync(arguments.Text("--raw", "xds.raw.jsonl"))));
        return 0;
    case "cases":
        Console.WriteLine(string.Join('\n', AllCases.List.Select(one => one.Name)));
        return 0;
    default:
        Console.Error.WriteLine(
            """
            usage: bench  --peer NAME=XDS_ADDRESS:PORT,CONTROL_ADDRESS:PORT... [--cases PREFIX,...] [--raw FILE]
                   report [--raw FILE]
                   cases
            """);
        return 2;
}

async Task<int> BenchAsync()
{
    string[] prefixes = arguments.Text("--cases", "").Split(',');
    await using StreamWriter raw = new(arguments.Text("--raw", "/dev/null"), append: true);
    foreach (XdsCase one in AllCases.List.Where(one => prefixes.Any(prefix => one.Name.StartsWith(prefix, StringComparison.Ordinal))))
    {
        foreach (XdsPeer peer in arguments.All("--peer").Select(XdsPeer.Parse))
        {
            try
            {
                string line = JsonSerializer.Serialize(new Measurement(one.Name, peer.Name, await one.RunAsync(peer)));
                await raw.WriteLineAsync(line);
                Console.WriteLine(line);
            }
            catch (Exception e) when (e is InvalidOperationException or TimeoutException or IOException or HttpRequestException)
            {
                await Console.Error.WriteLineAsync($"{one.Name} against {peer.Name} failed: {e.Message.AsSpan(0, Math.Min(e.Message.Length, 300))}");
            }
        }
    }

    return 0;
}
