// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Cagent.Secrets.Interception;

namespace Cagent.Cli.Authorities;

/// <summary>When the steps of a rotation come: <c>--after</c>, <c>--now</c> and <c>--overlap</c>.</summary>
internal sealed class RotationOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    private readonly Option<TimeSpan> _after = SpanOption.Create("--after", "When the new CA begins to sign: until then agents can read the new bundle.", TimeSpan.FromHours(24), TimeSpan.Zero, Longest);
    private readonly Option<bool> _now = new("--now") { Description = "Let the new CA sign at once. Agents that read the bundle at their start only, fail until they start again." };
    private readonly Option<TimeSpan> _overlap = SpanOption.Create(
        "--overlap", "How long the old CA stays trusted once the new one signs; no less than a leaf lives.", new LeafOptions().Lifetime, TimeSpan.FromSeconds(1), Longest);

    public static RotationOptions AddTo(Command command)
    {
        RotationOptions options = new();
        command.Options.Add(options._after);
        command.Options.Add(options._now);
        command.Options.Add(options._overlap);
        return options;
    }

    /// <summary>Plans the rotation, brings the bundles up to date, and with <c>--now</c> does its first step; tells what it did.</summary>
    public void Rotate(ParseResult result, CaState found, CaImport? import)
    {
        TextWriter output = result.InvocationConfiguration.Output;
        TimeSpan after = result.GetValue(_now) ? TimeSpan.Zero : result.GetRequiredValue(_after);
        TimeSpan overlap = result.GetRequiredValue(_overlap);
        found.Life.Rotate(after, overlap, import);
        // Trusted before anything is signed with it.
        found.WriteBundles();
        if (after == TimeSpan.Zero)
        {
            found.Life.Advance();
            output.WriteLine($"the new CA signs from now on; the one before stays trusted for {SpanOption.Write(overlap)}");
            return;
        }

        string at = (TimeProvider.System.GetUtcNow() + after).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        output.WriteLine($"the new CA is in the bundles and signs from {at} on, while cagent up runs or at its next start; give agents the new bundle before");
    }
}
