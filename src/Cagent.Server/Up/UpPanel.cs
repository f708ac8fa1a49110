// SPDX-License-Identifier: Apache-2.0
using Cagent.Cli;
using Cagent.Secrets.Trust;
using Spectre.Console;

namespace Cagent.Server.Up;

/// <summary>What a user needs to point an agent at the proxy.</summary>
internal static class UpPanel
{
    public static void Write(string proxy, string bundle, string policy, string revision)
    {
        IAnsiConsole console = CommandConsole.Open(Console.Out);
        Grid facts = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        facts.AddRow("[bold]proxy[/]", Markup.Escape(proxy));
        facts.AddRow("[bold]CA bundle[/]", Markup.Escape(bundle));
        facts.AddRow("[bold]policy[/]", Markup.Escape(policy));
        facts.AddRow("[bold]revision[/]", Markup.Escape(revision));
        console.Write(new Panel(facts) { Header = new PanelHeader(" cagent "), Border = BoxBorder.Rounded });
        console.WriteLine("Paste into an agent's environment:");
        foreach (string line in Environment(proxy, bundle))
        {
            // Not through the console: it would wrap a long path, and a wrapped line cannot be pasted.
            console.Profile.Out.Writer.WriteLine("  export " + line);
        }
    }

    /// <summary>Every name that a common client reads: curl, git, Node, Python, Go, Rust, Java, Deno, AWS.</summary>
    private static IEnumerable<string> Environment(string proxy, string bundle)
    {
        foreach (string name in (string[])["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"])
        {
            yield return $"{name}={proxy}";
        }

        yield return "NO_PROXY= no_proxy=";
        yield return "NODE_USE_ENV_PROXY=1";
        foreach (TrustVariable variable in TrustEnvironment.Of(Path.GetDirectoryName(bundle)!).Variables)
        {
            yield return variable.ToShell();
        }
    }
}
