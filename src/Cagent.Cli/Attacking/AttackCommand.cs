// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Cagent.Attack;
using Cagent.Attack.Serving;
using Cagent.Attack.Watching;
using Spectre.Console;

namespace Cagent.Cli.Attacking;

/// <summary><c>cagent attack</c>.</summary>
internal static class AttackCommand
{
    private const string Help = """
        Attacks a running data plane from an agent's side, and says what it blocks. Run it where agents run: in their
        container, with their proxy and their identity. It sends no more than a lively agent does, and changes nothing.

        Examples:
          cagent attack --policy configs/cagent.yaml --ca .cagent/ca.pem --proxy http://127.0.0.1:3128
          cagent attack --allowed https://api.example.com/v1/models --ca /etc/cagent/ca.pem
          cagent attack canary --listen 0.0.0.0:8443 --control 127.0.0.1:8444        the destination that must see nothing
          cagent attack --policy cagent.yaml --canary evil.example:8443 --canary-control http://127.0.0.1:8444/seen
          cagent attack --policy cagent.yaml --isolated --only C,G1 --output json
          cagent attack --policy cagent.yaml --watch --interval 60s --metrics-listen 127.0.0.1:9464

        Exit code 0: all that was tried is blocked. 1: something got through. 2: it could not be told, because the
        proxy or the allowed request does not work, or the arguments do not fit together. With --watch: 0 when stopped.
        """;

    public static Command Create()
    {
        Command command = new("attack", Help);
        AttackArguments arguments = AttackArguments.AddTo(command);
        OutputOptions output = OutputOptions.AddTo(command);
        command.Subcommands.Add(CanaryCommand.Create());
        command.SetAction(async (result, cancellationToken) =>
        {
            using StopSignals stop = new(cancellationToken);
            InvocationConfiguration console = result.InvocationConfiguration;
            try
            {
                AttackOptions options = arguments.Read(result, console.Error);
                return arguments.IsWatch(result)
                    ? await WatchAsync(options, arguments.Interval(result), arguments.MetricsAt(result), output.IsJson(result), console, stop.Token).ConfigureAwait(false)
                    : await RunAsync(options, output.IsJson(result), console, stop.Token).ConfigureAwait(false);
            }
            catch (AttackUsageException exception)
            {
                await console.Error.WriteLineAsync($"cagent: {exception.Message}").ConfigureAwait(false);
                return AttackExitCodes.Untried;
            }
            catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
            {
                return AttackExitCodes.Untried;
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(AttackOptions options, bool isJson, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        IAnsiConsole drawing = CommandConsole.Open(console.Output);
        if (!isJson)
        {
            AttackText.WriteHead(drawing, options);
        }

        AttackReport report = await new AttackRunner(options).RunAsync(isJson ? null : result => AttackText.Write(drawing, result), cancellationToken).ConfigureAwait(false);
        if (isJson)
        {
            JsonOutput.Write(console.Output, AttackJson.Of(options, report));
        }
        else
        {
            AttackText.WriteSummary(drawing, report);
        }

        return AttackExitCodes.Of(report.Verdict);
    }

    private static async Task<int> WatchAsync(
        AttackOptions options, TimeSpan interval, IPEndPoint? metricsAt, bool isJson, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        EnforcementRecord record = new(AttackCatalogue.CoreIds, TimeProvider.System);
        PageServer? page;
        try
        {
            page = metricsAt is null ? null : PageServer.Start(metricsAt, "/metrics", "text/plain; version=0.0.4; charset=utf-8", record.ToPrometheus);
        }
        catch (SocketException exception)
        {
            throw new AttackUsageException($"--metrics-listen: {metricsAt}: {exception.Message}");
        }

        try
        {
            if (page is not null && !isJson)
            {
                await console.Output.WriteLineAsync($"metrics on http://{page.EndPoint}/metrics").ConfigureAwait(false);
            }

            IAnsiConsole drawing = CommandConsole.Open(console.Output);
            await new EnforcementWatch(new AttackRunner(options), record, interval, TimeProvider.System)
                .RunAsync(report => WriteRound(console.Output, drawing, options, report, isJson), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (page is not null)
            {
                await page.DisposeAsync().ConfigureAwait(false);
            }
        }

        return AttackExitCodes.Blocked;
    }

    private static void WriteRound(TextWriter output, IAnsiConsole drawing, AttackOptions options, AttackReport report, bool isJson)
    {
        if (isJson)
        {
            output.WriteLine(AttackJson.Of(options, report).ToJsonString());
        }
        else
        {
            output.WriteLine($"{report.Started.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)} {report.Problem ?? AttackText.Conclusion(report)}");
            foreach (AttackResult result in report.Results.Where(result => result.Verdict is AttackVerdict.Failed || (result.Verdict is AttackVerdict.Inconclusive && report.Problem is null)))
            {
                AttackText.Write(drawing, result);
            }
        }

        output.Flush();
    }
}
