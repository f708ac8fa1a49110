// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Cagent.Load;
using Cagent.Load.Overhead;

int Number(string name, int otherwise)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length && int.TryParse(args[at + 1], CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}

string Text(string name, string otherwise)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
}

switch (args.FirstOrDefault())
{
    case "origin":
        await Origin.RunAsync(args[1], CancellationToken.None);
        return 0;
    case "overhead":
        Console.WriteLine(await OverheadRun.MeasureAsync(new OverheadOptions
        {
            Entries = Number("--entries", 1000),
            Connections = Number("--connections", 8),
            Window = TimeSpan.FromSeconds(Number("--seconds", 8)),
            Rounds = Number("--rounds", 3),
            Cases = Text("--cases", ""),
            Ways = Text("--ways", ""),
            Environment = Text("--environment", "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToImmutableDictionary(pair => pair[0], pair => pair[1]),
        }));
        return 0;
    case "idle":
        break;
    default:
        Console.Error.WriteLine("usage: idle [--domains N] [--used N] [--seconds S] [--ttl S] [--edits N]");
        Console.Error.WriteLine("       overhead [--entries N] [--connections N] [--seconds S] [--rounds N] [--cases PREFIX] [--ways PREFIX] [--environment \"NAME=VALUE ...\"]");
        return 2;
}

IdleOptions options = new()
{
    Domains = Number("--domains", 1000),
    Used = Number("--used", 0),
    Window = TimeSpan.FromSeconds(Number("--seconds", 30)),
    Ttl = TimeSpan.FromSeconds(Number("--ttl", 60)),
    Edits = Number("--edits", 10),
};
Console.WriteLine(IdleReport.Header);
Console.WriteLine(await IdleRun.MeasureAsync(options));
return 0;
