// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.LoadClient;

/// <summary>Reads <c>--name value</c> pairs.</summary>
internal sealed class CommandLineArguments(string[] args)
{
    public string Text(string name, string otherwise) => All(name).LastOrDefault() ?? otherwise;

    public int Number(string name, int otherwise) =>
        int.TryParse(Text(name, ""), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    public IEnumerable<string> All(string name) =>
        args.Zip(args.Skip(1)).Where(pair => pair.First == name).Select(pair => pair.Second);
}
