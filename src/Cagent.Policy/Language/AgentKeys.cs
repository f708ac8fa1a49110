// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Language;

/// <summary>The keys of agents, and of uses of profiles, which agents and files have.</summary>
internal static class AgentKeys
{
    public static KeySet ProfileUse { get; } = new(
        "profile use", "A profile with arguments; which there are the profile declares.",
        new LanguageKey("use", new TextShape("the name of a profile, or a relative path to one", null, DiagnosticCodes.UnreadableLayer), "The profile.") { IsRequired = true, Advice = "name the profile", Example = "npm-readonly" });

    public static ListShape Profiles { get; } = new(new EitherShape(ProfileUse.Find("use")!.Shape, new OpenBlockShape(ProfileUse, new ScalarShape("an argument"))));

    public static KeySet Identity { get; } = new(
        "identity", "How an agent is recognised; at least one key, and an agent must fit all of them.",
        new("token", new ListShape(new SourceShape(CredentialKeys.Plain), AcceptsOne: true, MinItems: 1), "A secret that the agent gives to the proxy, as password or as bearer token; of a list of two either will do. Not for a prefix of names.") { Feature = PolicyFeatures.TokenIdentity, Example = "{from: env, name: CI_AGENT_TOKEN}" },
        new("container_label", new NamedShape("labels", null, new ScalarShape("text, with at most one `*` at its end")), "Labels of the container.") { Feature = PolicyFeatures.ContainerIdentity, Example = "{cagent.agent: \"research-*\"}" },
        new("source", new ListShape(new TextShape("an address or a block of them", "^[0-9A-Fa-f.:]+(?:/[0-9]{1,3})?$", DiagnosticCodes.BadIdentity), AcceptsOne: true), "Where it connects from. Without `token` the address alone says who it is.") { Feature = PolicyFeatures.SourceIdentity, Example = "[172.20.0.0/24]" },
        new("spiffe", new TextShape("a SPIFFE ID; `*` may stand for its last segment", @"^spiffe://[a-z0-9._-]+/\S+$", DiagnosticCodes.BadIdentity), "The ID in its client certificate.") { Feature = PolicyFeatures.SpiffeIdentity, Example = "\"spiffe://example.org/agents/ci\"" },
        new("listener", new TextShape("a name", "^[A-Za-z0-9_-]{1,63}$", DiagnosticCodes.BadIdentity), "The listener that it connects to.") { Feature = PolicyFeatures.ListenerIdentity, Example = "batch" });

    public static KeySet Agent { get; } = new(
        "agent", "Who may use what. Its own entries hide shared ones of the same host and port, with a warning.",
        new("name", new TextShape("a name, with at most one `*` at its end", @"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\*?$", DiagnosticCodes.BadAgentName), "The name; `research-*` is every agent whose name begins so. Not `anonymous`.") { IsRequired = true, Example = "ci", Codes = [DiagnosticCodes.DuplicateAgent] },
        new("identity", new BlockShape(Identity), "How it is recognised.") { IsRequired = true, Advice = "write such as identity: {token: {from: env, name: CI_AGENT_TOKEN}}", Example = "{token: {from: env, name: CI_AGENT_TOKEN}}", Codes = [DiagnosticCodes.BadIdentity, DiagnosticCodes.AmbiguousIdentity] },
        new("domains", new ListShape(new BlockShape(EntryKeys.Entry)), "Its own entries.") { Default = "none", Example = "[{domain: packages.example.com, read_only: true}]", Codes = [DiagnosticCodes.ShadowedEntry] },
        new("enabled", new FlagShape(), "`false`: nobody is recognised as this agent, and its name is nobody's, also where the prefix of another would fit. Still checked for errors.") { Default = "`true`", Example = "false" },
        new("description", TextShapes.Any, "For people.") { Default = "none", Example = "The build bot." },
        new("profiles", Profiles, "Profiles whose entries become its own.") { Feature = PolicyFeatures.Profiles, Default = "none", Example = "[github-readonly]" },
        new("budget", new BlockShape(LimitKeys.Budget), "What it may use up.") { Feature = PolicyFeatures.Budgets, Default = "`defaults.budget`", Example = "{requests: 10000, bytes: 2GiB, per: day}" },
        new("quarantined", new FlagShape(), "`true`: everything of it stops, open tunnels too.") { Feature = PolicyFeatures.Quarantine, Default = "`false`", Example = "true" },
        new("limits", new BlockShape(LimitKeys.AgentLimits), "How much of the proxy it may hold at once.") { Feature = PolicyFeatures.AgentLimits, Default = "`defaults.limits`", Example = "{max_connections: 100, max_streams: 200, max_tunnels: 50}" },
        new("runtime", new BlockShape(LimitKeys.AgentRuntime), "How its container is confined.") { Feature = PolicyFeatures.AgentRuntime, Default = "`{policy: hardened}`", Example = "{policy: hardened, cpus: 2, memory: 4GiB, pids: 256}" },
        new("dlp", new UnreadShape(), "What may not leave in a body.") { IsPlanned = true },
        new("email", new UnreadShape(), "Mail accounts.") { IsPlanned = true });
}
