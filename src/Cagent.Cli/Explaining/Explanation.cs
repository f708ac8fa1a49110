// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Limits;
using Cagent.Compiler.Lowering;
using Cagent.Policy.Model;

namespace Cagent.Cli.Explaining;

/// <summary>A decision with what one would do about it.</summary>
/// <param name="Request">The request.</param>
/// <param name="Decision">What the policy says.</param>
/// <param name="Changes">The edits, all of which are needed to allow it; empty when allowed or when none could.</param>
internal sealed record Explanation(AgentRequest Request, PolicyDecision Decision, ImmutableArray<PolicyChange> Changes)
{
    public static Explanation Of(AuthzTable table, AgentRequest request, LimitTable? limits = null)
    {
        PolicyDecision decision = PolicyEvaluator.Evaluate(table, request);
        return new Explanation(request, decision, PolicyChanges.Find(decision, request))
        {
            KnownBy = table.HasDeclaredAgents ? table.FindAgent(request.Agent)?.Recognition?.ToString() : null,
            RateLimit = decision is { IsAllowed: true, Entry: { } entry } ? limits?.Find(request.Agent, entry.Name) : null,
            Budget = decision.IsAllowed ? limits?.FindAgent(request.Agent)?.Budget : null,
            Bounds = decision.IsAllowed && limits?.FindAgent(request.Agent) is { BoundsWhatIsOpen: true } bounds ? bounds : null,
        };
    }

    /// <summary>By what the proxy knows the agent, in words; null where the policy names none.</summary>
    public string? KnownBy { get; init; }

    /// <summary>How many such requests pass; null when it is denied, or without bound.</summary>
    public EntryRateLimit? RateLimit { get; init; }

    /// <summary>What the agent may use in a period, of which this request is a part; null when it is denied, or without bound.</summary>
    public AgentBudget? Budget { get; init; }

    /// <summary>What the agent may hold open; null when it is denied, or without bounds.</summary>
    public AgentBounds? Bounds { get; init; }

    /// <summary>The reason's name on the wire, <c>bad_request</c> for what is no HTTP, or null when allowed.</summary>
    public string? Reason => Decision.IsAllowed ? null : Decision.Reason?.WireName() ?? "bad_request";

    /// <summary>Whether the bytes pass unopened, so that method and path do not matter.</summary>
    public bool IsUnseen => Decision is { IsAllowed: true, Entry.Kind: EntryKind.Pinned };

    public JsonObject ToJson() => new()
    {
        ["request"] = Request.ToString(),
        ["agent"] = Request.Agent,
        ["known_by"] = KnownBy,
        ["allowed"] = Decision.IsAllowed,
        ["reason"] = Reason,
        ["hint"] = Decision.IsAllowed ? null : Decision.Hint,
        ["entry"] = Decision.Entry is { } entry ? new JsonObject { ["name"] = entry.Name, ["location"] = entry.Location.ToString() } : null,
        ["rule"] = Decision.Rule is { } rule ? new JsonObject { ["text"] = rule.Text, ["location"] = rule.Location.ToString() } : null,
        ["passthrough"] = IsUnseen,
        ["credential"] = Decision.Credential is { } credential
            ? ToJson(credential)
            : null,
        ["limits"] = Decision is { IsAllowed: true, Entry.Limits: { } limits }
            ? ToJson(limits)
            : null,
        ["budget"] = Budget is { } budget
            ? new JsonObject { ["requests"] = budget.Requests, ["bytes"] = budget.Bytes, ["per"] = LimitText.PeriodName(budget) }
            : null,
        ["changes"] = JsonOutput.Array(Changes.Select(change => new JsonObject
        {
            ["kind"] = change.Kind.ToString(),
            ["location"] = change.Location?.ToString(),
            ["yaml"] = change.Yaml,
            ["instruction"] = change.Instruction,
        })),
    };

    private static JsonObject ToJson(CredentialUse credential) => new()
    {
        ["name"] = credential.Name,
        ["in"] = credential.In.ToString().ToLowerInvariant(),
        ["header"] = credential.In == CredentialPlace.Query ? null : credential.Header,
        ["parameter"] = credential.Parameter,
        ["username"] = credential.Username,
        ["format"] = credential.Format,
        ["placeholder"] = credential.Placeholder ? credential.PlaceholderFormat : null,
        ["more_headers"] = new JsonObject(credential.MoreHeaders.Select(more => KeyValuePair.Create<string, JsonNode?>(more.Name, more.Format))),
    };

    private JsonObject ToJson(EntryLimits limits)
    {
        JsonObject json = new() { ["timeout"] = Seconds(limits.Timeout), ["idle_timeout"] = Seconds(limits.IdleTimeout) };
        if (Decision.Entry?.MaxRequestBody is { } bytes)
        {
            json["max_request_body"] = bytes;
        }

        if (RateLimit is { } rate)
        {
            json["rate_limit"] = new JsonObject
            {
                ["requests"] = rate.Requests,
                ["period_seconds"] = rate.PeriodSeconds,
                ["burst"] = rate.Burst,
                ["scope"] = rate.IsGlobal ? "global" : "node",
                ["bucket"] = LimitText.DescriptorText(rate.BucketOf(Request.Agent)),
            };
        }

        if (Bounds is { } bounds)
        {
            json["max_connections"] = bounds.MaxConnections;
            json["max_streams"] = bounds.MaxStreams;
            json["max_tunnels"] = bounds.MaxTunnels;
        }

        return json;
    }

    /// <summary>A duration in seconds, such as <c>30s</c>.</summary>
    public static string Seconds(TimeSpan time) => $"{time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)}s";
}
