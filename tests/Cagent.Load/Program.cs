// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Load;

int Number(string name, int otherwise)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length && int.TryParse(args[at + 1], CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}

if (args.FirstOrDefault() != "idle")
{
    Console.Error.WriteLine("usage: idle [--domains N] [--used N] [--seconds S] [--ttl S] [--edits N]");
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
