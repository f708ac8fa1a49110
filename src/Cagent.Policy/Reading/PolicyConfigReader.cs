// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Language;
using Cagent.Policy.Layers;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>Reads the root of a policy.</summary>
internal sealed class PolicyConfigReader(ReadingContext context)
{
    private const int Version = 1;

    public PolicyConfig Read(MappingNode node, LayerKind kind)
    {
        MappingReader root = new(node, "", FileKeys.Of(kind), context);
        CheckVersion(root);
        return new PolicyConfig
        {
            Defaults = root.Mapping("defaults", FileKeys.Defaults) is { } defaults ? ReadDefaults(defaults) : new DefaultsConfig(),
            Credentials = new CredentialConfigReader(context).Read(root),
            Domains = DomainConfigReader.ReadAll(root, context),
            HasAgents = root.Has("agents"),
            Agents = [.. root.Items("agents").Select(item => new AgentConfigReader(context).Read(item.Item, item.KeyPath)).OfType<AgentConfig>()],
            Profiles = new ProfileUseReader(context).Read(root),
            Include = root.Texts("include", acceptsOne: true)?.Value ?? [],
            Dns = root.Mapping("dns", FileKeys.Dns) is { } dns ? ReadDns(dns) : new DnsConfig(),
        };
    }

    public static TlsConfig? ReadTls(MappingReader parent, ReadingContext context)
    {
        if (parent.Find("tls") is not MappingNode mapping)
        {
            Located<TlsMode>? mode = parent.Choice<TlsMode>("tls");
            return mode is null ? null : new TlsConfig(mode.Location, mode.KeyPath, mode, TrustedCa: null);
        }

        MappingReader reader = new(mapping, parent.PathOf("tls"), EntryKeys.Tls, context);
        return new TlsConfig(reader.Location, reader.KeyPath, reader.Choice<TlsMode>("mode"), reader.Text("trusted_ca"));
    }

    /// <summary>Every file of a policy says its version, so that none that was cut short passes for whole.</summary>
    public void CheckVersion(MappingReader root)
    {
        Located<int>? version = root.Number("version");
        if (!root.Has("version"))
        {
            context.Bag.Error(DiagnosticCodes.Version, "the key \"version\" is missing, so the file may be cut short", root.Location, "version", "write \"version: 1\" as the first key");
        }
        else if (version is { Value: not Version })
        {
            context.Bag.Error(DiagnosticCodes.Version, $"version {version.Value} is not known to this build", version.Location, version.KeyPath, "write \"version: 1\"");
        }
    }

    private DefaultsConfig ReadDefaults(MappingReader reader) => new()
    {
        Tls = ReadTls(reader, context),
        Timeout = reader.Duration("timeout"),
        IdleTimeout = reader.Duration("idle_timeout"),
        RateLimit = LimitReader.ReadRateLimit(reader),
        MaxRequestBody = reader.Size("max_request_body"),
        Resilience = LimitReader.ReadResilience(reader),
        Budget = LimitReader.ReadBudget(reader),
        Limits = LimitReader.ReadLimits(reader),
    };

    private static DnsConfig ReadDns(MappingReader reader) => new()
    {
        Upstream = reader.Texts("upstream", acceptsOne: true)?.Value ?? [],
        Publish = reader.Choice<DnsPublishing>("publish"),
        Ttl = reader.Duration("ttl"),
    };

}
