// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using Cagent.Attack;

namespace Cagent.Cli.Attacking;

/// <summary>The results for programs.</summary>
internal static class AttackJson
{
    public static JsonObject Of(AttackOptions options, AttackReport report) => new()
    {
        ["verdict"] = report.Verdict switch
        {
            AttackVerdict.Passed => "blocked",
            AttackVerdict.Failed => "got_through",
            _ => "inconclusive",
        },
        ["problem"] = report.Problem,
        ["started"] = report.Started.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        ["seconds"] = Math.Round(report.Duration.TotalSeconds, 3),
        ["proxy"] = options.Proxy.ToString(),
        ["allowed"] = $"https://{options.Targets.Allowed}",
        ["canary"] = options.Targets.Canary.Target,
        ["proven_by_canary"] = report.IsWitnessed,
        ["certificates_verified"] = options.Trust.Count > 0,
        ["isolated"] = options.IsIsolated,
        ["counts"] = new JsonObject(Enum.GetValues<AttackVerdict>().Select(verdict => KeyValuePair.Create<string, JsonNode?>(Name(verdict), report.Count(verdict)))),
        ["attacks"] = JsonOutput.Array(report.Results.Select(result => new JsonObject
        {
            ["id"] = result.Id,
            ["title"] = result.Title,
            ["verdict"] = Name(result.Verdict),
            ["inputs"] = result.Inputs,
            ["reason"] = result.Reason,
            ["seconds"] = Math.Round(result.Duration.TotalSeconds, 3),
            ["evidence"] = JsonOutput.Array(result.Evidence.Select(evidence => new JsonObject
            {
                ["input"] = evidence.Input,
                ["expected"] = evidence.Expected,
                ["observed"] = evidence.Observed,
            })),
        })),
    };

    private static string Name(AttackVerdict verdict) => verdict.ToString().ToLowerInvariant();
}
