// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Cagent.Secrets.Interception;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Cli.Authorities;

/// <summary>The CA of a state directory, as the commands reach it: through its files, whether or not a Cagent runs on them.</summary>
internal sealed class CaState
{
    private readonly InterceptionCaStore _store;

    private CaState(string folder)
    {
        Folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        _store = new InterceptionCaStore(Folder, TimeProvider.System, NullLogger<InterceptionCaStore>.Instance);
        Life = new CaLife(Folder, TimeProvider.System, _store);
        Bundle = new CaBundle(Folder, NullLogger<CaBundle>.Instance);
    }

    /// <summary>The state directory, absolute.</summary>
    public string Folder { get; }

    public CaLife Life { get; }

    public CaBundle Bundle { get; }

    /// <summary>Adds <c>--state</c>.</summary>
    public static Option<string> AddTo(Command command)
    {
        Option<string> state = new("--state") { Description = "The state directory.", DefaultValueFactory = _ => "./.cagent", HelpName = "DIR" };
        command.Options.Add(state);
        return state;
    }

    /// <summary>Runs a command on the directory, and turns what a user can mend into a message and exit code 1.</summary>
    public static int Run(ParseResult result, Option<string> state, Func<CaState, int> run)
    {
        try
        {
            return run(new CaState(result.GetRequiredValue(state)));
        }
        catch (Exception exception) when (IsForUsers(exception))
        {
            result.InvocationConfiguration.Error.WriteLine($"cagent: {exception.Message}");
            return ExitCodes.Error;
        }
    }

    /// <inheritdoc cref="Run"/>
    public static async Task<int> RunAsync(ParseResult result, Option<string> state, Func<CaState, Task<int>> run)
    {
        try
        {
            return await run(new CaState(result.GetRequiredValue(state))).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsForUsers(exception))
        {
            await result.InvocationConfiguration.Error.WriteLineAsync($"cagent: {exception.Message}").ConfigureAwait(false);
            return ExitCodes.Error;
        }
    }

    /// <summary>The CA with its key; it must be there.</summary>
    public InterceptionCa Open()
    {
        RequireAny();
        return _store.OpenOrCreate();
    }

    /// <summary>What there is.</summary>
    public CaOverview Describe()
    {
        RequireAny();
        return Life.Describe() ?? throw new InterceptionCaException($"{Folder}/pki has a key without its certificate; cagent up, or cagent ca bundle, makes it anew");
    }

    /// <summary>Brings the bundles of agents up to date.</summary>
    public void WriteBundles()
    {
        using InterceptionCa ca = Open();
        Bundle.Write(ca);
    }

    private static bool IsForUsers(Exception exception) => exception is InterceptionCaException or IOException or UnauthorizedAccessException;

    private void RequireAny()
    {
        if (!Life.Exists)
        {
            throw new InterceptionCaException($"there is no CA in {Folder}/pki; make one with: cagent ca init --state {Folder}, or name the right directory with --state");
        }
    }
}
