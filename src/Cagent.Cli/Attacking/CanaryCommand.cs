// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Cagent.Attack.Canaries;
using Cagent.Attack.Serving;

namespace Cagent.Cli.Attacking;

/// <summary><c>cagent attack canary</c>.</summary>
internal static class CanaryCommand
{
    private const string Help = """
        Listens where nothing may ever arrive, on TCP and UDP, and says what did. Run it outside of the agents' network, at
        a name or address that the policy does not allow.

        Examples:
          cagent attack canary --listen 0.0.0.0:8443 --control 127.0.0.1:8444
          cagent attack canary --listen 0.0.0.0:8443 --seen /shared/canary.json    a file that agents can read, for isolated networks

        GET /seen on the control address, and the file, hold {"connections":N,"datagrams":N,"recent":[…]}. Exit code 0 when
        stopped, 2 when it cannot listen or write.
        """;

    public static Command Create()
    {
        Option<string> listen = new("--listen") { Description = "Where the canary is.", Required = true, HelpName = "ADDR:PORT" };
        Option<string?> control = new("--control") { Description = "Where it says what it saw. Not where agents come.", HelpName = "ADDR:PORT" };
        Option<string?> seen = new("--seen") { Description = "A file that is replaced after each sighting.", HelpName = "FILE" };
        Command command = new("canary", Help) { listen, control, seen };
        command.SetAction(async (result, cancellationToken) =>
        {
            using StopSignals stop = new(cancellationToken);
            InvocationConfiguration console = result.InvocationConfiguration;
            try
            {
                IPEndPoint at = AttackArguments.EndPointOf(result.GetRequiredValue(listen), "--listen");
                IPEndPoint? controlAt = result.GetValue(control) is { } text ? AttackArguments.EndPointOf(text, "--control") : null;
                await RunAsync(at, controlAt, result.GetValue(seen), console.Output, stop.Token).ConfigureAwait(false);
                return AttackExitCodes.Blocked;
            }
            catch (Exception exception) when (exception is AttackUsageException or SocketException or IOException or UnauthorizedAccessException)
            {
                await console.Error.WriteLineAsync($"cagent: {exception.Message}").ConfigureAwait(false);
                return AttackExitCodes.Untried;
            }
        });
        return command;
    }

    private static async Task RunAsync(IPEndPoint at, IPEndPoint? controlAt, string? file, TextWriter output, CancellationToken cancellationToken)
    {
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = cancellationToken.Register(() => stopped.TrySetResult());
        Replace(file, new CanarySightings(0, 0, []));
        CanaryServer canary = CanaryServer.Start(at, seen =>
        {
            CanarySighting last = seen.Recent[^1];
            output.WriteLine($"{last.Time:yyyy-MM-dd HH:mm:ss'Z'} {last.Transport} from {last.From} {last.Bytes}".TrimEnd());
            output.Flush();
            try
            {
                Replace(file, seen);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Who reads an old file would believe that nothing came: end instead.
                stopped.TrySetException(exception);
            }
        });
        await using (canary.ConfigureAwait(false))
        {
            PageServer? page = controlAt is null ? null : PageServer.Start(controlAt, "/seen", "application/json", () => canary.Seen.ToJson());
            try
            {
                await output.WriteLineAsync($"ready canary={canary.EndPoint}{(page is null ? "" : $" control=http://{page.EndPoint}/seen")}").ConfigureAwait(false);
                await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                await stopped.Task.ConfigureAwait(false);
            }
            finally
            {
                if (page is not null)
                {
                    await page.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private static void Replace(string? file, CanarySightings seen)
    {
        if (file is not null)
        {
            File.WriteAllText(file + ".new", seen.ToJson());
            File.Move(file + ".new", file, overwrite: true);
        }
    }
}
