// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Limits;
using Cagent.Compiler.Lowering;
using Cagent.Domains;

namespace Cagent.Compiler.Differences;

/// <summary>Two entries that decide for the same hosts.</summary>
internal static class EntryComparison
{
    private const int MaxExamples = 4;

    public static IEnumerable<DifferenceDetail> Compare(AuthzEntry before, AuthzEntry after)
    {
        if (before.Kind != after.Kind)
        {
            // Passed-through bytes are not judged, so that inspecting takes away and passing through opens.
            DifferenceEffect effect = (before.Kind, after.Kind) switch
            {
                (EntryKind.Inspected, EntryKind.Pinned) => DifferenceEffect.Widened,
                (EntryKind.Pinned, EntryKind.Inspected) => DifferenceEffect.Narrowed,
                _ => DifferenceEffect.Widened | DifferenceEffect.Narrowed,
            };
            yield return new DifferenceDetail(effect, $"{EntryText.Way(before.Kind)} became {EntryText.Way(after.Kind)}");
        }

        foreach (DifferenceDetail detail in Rules(before, after).Concat(Settings(before, after)))
        {
            yield return detail;
        }
    }

    private static IEnumerable<DifferenceDetail> Settings(AuthzEntry before, AuthzEntry after)
    {
        if (before.WebSocket != after.WebSocket)
        {
            yield return after.WebSocket
                ? new DifferenceDetail(DifferenceEffect.Widened, "WebSocket is allowed")
                : new DifferenceDetail(DifferenceEffect.Narrowed, "WebSocket is no longer allowed");
        }

        DifferenceEffect addresses = (after.Addresses.Except(before.Addresses).Any() ? DifferenceEffect.Widened : DifferenceEffect.None)
            | (before.Addresses.Except(after.Addresses).Any() ? DifferenceEffect.Narrowed : DifferenceEffect.None);
        if (addresses != DifferenceEffect.None)
        {
            yield return new DifferenceDetail(addresses, $"{EntryText.Addresses(before)} became {EntryText.Addresses(after)}");
        }

        if (before.CaName != after.CaName)
        {
            yield return new DifferenceDetail(DifferenceEffect.Widened | DifferenceEffect.Narrowed, "another CA verifies the upstream");
        }

        if (EntryText.RateLimit(before) is var limit && EntryText.RateLimit(after) is var limitNow && limit != limitNow)
        {
            yield return new DifferenceDetail(Effect(before.RateLimit, after.RateLimit), $"{limit} became {limitNow}");
        }

        if (before.MaxRequestBody != after.MaxRequestBody)
        {
            yield return new DifferenceDetail(
                (after.MaxRequestBody ?? long.MaxValue) > (before.MaxRequestBody ?? long.MaxValue) ? DifferenceEffect.Widened : DifferenceEffect.Narrowed,
                $"{EntryText.Body(before)} became {EntryText.Body(after)}");
        }

        if (before.Limits != after.Limits)
        {
            yield return new DifferenceDetail(DifferenceEffect.None, $"timeout {before.Limits.Timeout:c} became {after.Limits.Timeout:c}, idle {before.Limits.IdleTimeout:c} became {after.Limits.IdleTimeout:c}");
        }
    }

    private static DifferenceEffect Effect(EntryRateLimit? before, EntryRateLimit? after)
    {
        if (before is null || after is null)
        {
            return before is null ? DifferenceEffect.Narrowed : DifferenceEffect.Widened;
        }

        int[] more = [Rate(after).CompareTo(Rate(before)), after.Burst.CompareTo(before.Burst), before.Key.CompareTo(after.Key)];
        return (more.Any(sign => sign > 0) ? DifferenceEffect.Widened : DifferenceEffect.None) | (more.Any(sign => sign < 0) ? DifferenceEffect.Narrowed : DifferenceEffect.None);

        static double Rate(EntryRateLimit limit) => (double)limit.Requests / limit.PeriodSeconds;
    }

    /// <summary>Asks the evaluator's rules with one request of each kind that the lines of both can tell apart.</summary>
    private static IEnumerable<DifferenceDetail> Rules(AuthzEntry before, AuthzEntry after)
    {
        if (Lines(before).SequenceEqual(Lines(after)))
        {
            return [];
        }

        if (RequestKinds.TryFind(before, after, out ImmutableArray<RequestKind> kinds))
        {
            Dictionary<string, List<string>> gained = new(StringComparer.Ordinal);
            Dictionary<string, List<string>> lost = new(StringComparer.Ordinal);
            foreach (RequestKind kind in kinds)
            {
                foreach (string method in MethodSet.Any.Methods)
                {
                    bool old = PolicyEvaluator.EvaluateEntry(before, method, kind.Path).IsAllowed;
                    if (old != PolicyEvaluator.EvaluateEntry(after, method, kind.Path).IsAllowed)
                    {
                        Add(old ? lost : gained, kind.Display, method);
                    }
                }
            }

            return [.. Summary(DifferenceEffect.Widened, "now allowed", gained), .. Summary(DifferenceEffect.Narrowed, "no longer allowed", lost)];
        }

        return [new DifferenceDetail(DifferenceEffect.Widened | DifferenceEffect.Narrowed, "allow and deny lines differ, and are too many to compare by meaning")];
    }

    private static IEnumerable<string> Lines(AuthzEntry entry) =>
        entry.Allow.Select(rule => "allow " + rule.Text).Concat(entry.Deny.Select(rule => "deny " + rule.Text)).Append(entry.ReadOnly ? "read_only" : "").Order(StringComparer.Ordinal);

    private static void Add(Dictionary<string, List<string>> byPath, string path, string method)
    {
        if (!byPath.TryGetValue(path, out List<string>? methods))
        {
            byPath.Add(path, methods = []);
        }

        methods.Add(method);
    }

    private static IEnumerable<DifferenceDetail> Summary(DifferenceEffect effect, string what, Dictionary<string, List<string>> byPath)
    {
        if (byPath.Count == 0)
        {
            yield break;
        }

        IEnumerable<string> examples = byPath.Take(MaxExamples)
            .Select(pair => $"{(pair.Value.Count == MethodSet.Any.Methods.Length ? "*" : string.Join(',', pair.Value))} {pair.Key}");
        string more = byPath.Count > MaxExamples ? $"; and {byPath.Count - MaxExamples} more kinds of path" : "";
        yield return new DifferenceDetail(effect, $"{what}: {string.Join("; ", examples)}{more}");
    }
}
