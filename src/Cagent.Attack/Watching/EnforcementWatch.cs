// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Attack.Watching;

/// <summary>Repeats the core attacks. One loop; a round that takes longer than the interval is followed by the next at once.</summary>
/// <param name="runner">Runs a round.</param>
/// <param name="record">Gets each round.</param>
/// <param name="interval">From the beginning of a round to that of the next; at least 1 s.</param>
/// <param name="time">The clock.</param>
public sealed class EnforcementWatch(AttackRunner runner, EnforcementRecord record, TimeSpan interval, TimeProvider time)
{
    /// <summary>Runs rounds until it is told to stop, which is no error.</summary>
    public async Task RunAsync(Action<AttackReport> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        using PeriodicTimer timer = new(interval, time);
        try
        {
            do
            {
                AttackReport report = await runner.RunAsync(null, cancellationToken).ConfigureAwait(false);
                record.Add(report);
                progress(report);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }
}
