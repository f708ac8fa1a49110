// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Layers;
using Cagent.Policy.Model;

namespace Cagent.Policy.Language;

/// <summary>The keys of whole files, and of the blocks that only the first file has.</summary>
internal static class FileKeys
{
    private static readonly LanguageKey s_version = new("version", new ConstantShape(1), "The version of the language. Every file says it, so that none that was cut short passes for whole.") { IsRequired = true, Example = "1", Codes = [DiagnosticCodes.Version] };

    private static readonly LanguageKey s_domains = new("domains", new ListShape(new BlockShape(EntryKeys.Entry)), "The entries that every agent has.") { Default = "none: nothing is allowed", Example = "[{domain: example.com, read_only: true}]" };

    public static KeySet Defaults { get; } = new(
        "defaults", "What holds for all entries and agents that say nothing else.",
        new("tls", EntryKeys.TlsValue, "A mode, or a mapping of mode and trust.") { Default = "`intercept`", Example = "intercept" },
        new("timeout", new DurationShape(), "Time to the response headers.") { Default = "`30s`", Example = "30s" },
        new("idle_timeout", new DurationShape(), "Silence after which a request, a stream or a passed-through tunnel ends.") { Default = "`10m`", Example = "10m" },
        new("rate_limit", new BlockShape(LimitKeys.RateLimit), "A bucket for each entry without its own.") { Feature = PolicyFeatures.RateLimits, Default = "no bound", Example = "{requests: 120, per: minute, burst: 20}" },
        new("max_request_body", new SizeShape(), "The largest body that an agent may send.") { Feature = PolicyFeatures.BodyLimits, Default = "no bound", Example = "10MiB" },
        new("resilience", new BlockShape(LimitKeys.Resilience), "How upstreams are treated when they fail.") { Feature = PolicyFeatures.Resilience, Default = "the proxy's own", Example = "{retries: 1}" },
        new("budget", new BlockShape(LimitKeys.Budget), "What each agent may use up.") { Feature = PolicyFeatures.Budgets, Default = "no bound", Example = "{requests: 1000000, per: month}" },
        new("limits", new BlockShape(LimitKeys.AgentLimits), "How much of the proxy each agent may hold at once.") { Feature = PolicyFeatures.AgentLimits, Default = "no bound", Example = "{max_connections: 100}" });

    public static KeySet Dns { get; } = new(
        "dns", "How names are resolved.",
        new("upstream", new ListShape(TextShapes.Resolver, AcceptsOne: true), "The resolvers. A denied name is never resolved.") { Default = "those of `/etc/resolv.conf` when Cagent starts", Example = "[1.1.1.1, \"9.9.9.9:53\"]" },
        new("publish", new ChoiceShape<DnsPublishing>(("envoy", DnsPublishing.Envoy), ("coredns", DnsPublishing.CoreDns), ("off", DnsPublishing.Off)), "What answers the agents' own DNS queries: Envoy's DNS filter, CoreDNS by files, or nothing.") { Feature = PolicyFeatures.DnsPublishing, Default = "`off`", Example = "envoy" },
        new("ttl", new DurationShape(Min: "1s"), "How long an answer to an agent holds.") { Feature = PolicyFeatures.DnsPublishing, Default = "`60s`", Example = "60s" });

    public static KeySet Root { get; } = new(
        "policy", "The first file of a policy.",
        s_version,
        new("defaults", new BlockShape(Defaults), "What holds for all entries and agents that say nothing else.") { Default = "none", Example = "{timeout: 30s}" },
        new("credentials", new NamedShape("names of credentials", TextShapes.CredentialNamePattern, new SourceShape(CredentialKeys.All)), "Where credentials come from, by name. A value never stands in this file.") { Default = "none", Example = "{github: {from: env, name: GITHUB_TOKEN}}" },
        s_domains,
        new("dns", new BlockShape(Dns), "How names are resolved.") { Default = "none", Example = "{upstream: [1.1.1.1]}" },
        new("agents", new ListShape(new BlockShape(AgentKeys.Agent)), "Who may use what. Without it there is one anonymous agent with all of `domains`; with it nobody is anonymous, also when the list is empty or none is enabled.") { Feature = PolicyFeatures.Agents, Default = "one anonymous agent", Example = "[{name: ci, identity: {token: {from: env, name: CI_AGENT_TOKEN}}}]" },
        new("include", new ListShape(TextShapes.LayerPath, AcceptsOne: true), "Files whose entries, credentials and agents are added.") { Feature = PolicyFeatures.Includes, Default = "none", Example = "[agents/ci.yaml]", Codes = [DiagnosticCodes.UnreadableLayer, DiagnosticCodes.RepeatedLayer, DiagnosticCodes.TooManyLayers] },
        new("profiles", AgentKeys.Profiles, "Profiles whose entries are added: shipped ones by name (`cagent profiles list`), `profiles/NAME.yaml` beside this file by name, or a relative path.") { Feature = PolicyFeatures.Profiles, Default = "none", Example = "[github-readonly, {use: npm-readonly, host: npm.mirror.example}]", Codes = [DiagnosticCodes.BadArgument, DiagnosticCodes.AmbiguousProfile] },
        new("dlp", new UnreadShape(), "What may not leave in a body.") { IsPlanned = true },
        new("email", new UnreadShape(), "Mail accounts.") { IsPlanned = true });

    public static KeySet Include { get; } = Root.Within("included file", "an included file", "defaults", "dns");

    public static KeySet Overlay { get; } = Root.Within("overlay", "an overlay", "defaults", "dns", "include", "profiles");

    public static KeySet ProfileParameter { get; } = new(
        "parameter", "One parameter of a profile, put in where the profile writes `${name}`. It has a `default`, is `optional`, or must be given.",
        new("type", new ChoiceShape<ParameterType>(("host", ParameterType.Host), ("label", ParameterType.Label), ("port", ParameterType.Port), ("segment", ParameterType.Segment), ("credential", ParameterType.Credential)), "What an argument is: a host without wildcard, one label of a host, a port, one segment of a path, or the name of a credential.") { IsRequired = true, Advice = "write host, label, port, segment or credential", Example = "host" },
        new("description", TextShapes.Any, "For people.") { Default = "none", Example = "The registry or its mirror." },
        new("default", TextShapes.Any, "The argument when none is given; quoted, also for a port.") { Default = "none", Example = "\"443\"", Codes = [DiagnosticCodes.BadProfile] },
        new("optional", new FlagShape(), "`true`: without argument, keys that hold it are left out, and an entry whose `domain` does.") { Default = "`false`", Example = "true" });

    public static KeySet Profile { get; } = new(
        "profile", "A file of entries that policies use by name, with parameters.",
        s_version,
        new("description", TextShapes.Any, "For people.") { Default = "none", Example = "Packages of an npm registry, without upload." },
        new("parameters", new NamedShape("names of parameters", "^(?!use$)[a-z0-9_]{1,40}$", new BlockShape(ProfileParameter)), "What a use of the profile may give, by name.") { Default = "none", Example = "{host: {type: host}}", Codes = [DiagnosticCodes.BadProfile] },
        s_domains)
    {
        Confined = ["defaults", "dns", "include", "profiles", "agents", "credentials"],
        Place = "a profile",
    };

    /// <summary>The keys of a whole file.</summary>
    public static KeySet Of(LayerKind kind) => kind switch
    {
        LayerKind.Root => Root,
        LayerKind.Include => Include,
        LayerKind.Overlay => Overlay,
        _ => Profile,
    };
}
