// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>Reads the root of a policy.</summary>
internal sealed class PolicyConfigReader(DiagnosticBag bag)
{
    private const int Version = 1;

    public PolicyConfig Read(MappingNode node)
    {
        MappingReader root = new(node, "", KeySet.Root, bag);
        CheckVersion(root);
        MappingReader? defaults = root.Mapping("defaults", KeySet.Defaults);
        return new PolicyConfig
        {
            DefaultTls = defaults is null ? null : ReadTls(defaults, bag),
            DefaultTimeout = defaults?.Duration("timeout"),
            DefaultIdleTimeout = defaults?.Duration("idle_timeout"),
            Credentials = new CredentialConfigReader(bag).Read(root),
            Domains = [.. root.Items("domains").Select(item => new DomainConfigReader(bag).Read(item.Item, item.KeyPath)).OfType<DomainConfig>()],
            Upstream = root.Mapping("dns", KeySet.Dns)?.Texts("upstream", acceptsOne: true)?.Value ?? [],
        };
    }

    public static TlsConfig? ReadTls(MappingReader parent, DiagnosticBag bag)
    {
        if (parent.Find("tls") is not MappingNode mapping)
        {
            Located<TlsMode>? mode = ReadMode(parent, "tls");
            return mode is null ? null : new TlsConfig(mode.Location, mode.KeyPath, mode, TrustedCa: null);
        }

        MappingReader reader = new(mapping, parent.PathOf("tls"), KeySet.Tls, bag);
        return new TlsConfig(reader.Location, reader.KeyPath, ReadMode(reader, "mode"), reader.Text("trusted_ca"));
    }

    private static Located<TlsMode>? ReadMode(MappingReader reader, string key) =>
        reader.Choice(key, ("intercept", TlsMode.Intercept), ("passthrough", TlsMode.Passthrough));

    private void CheckVersion(MappingReader root)
    {
        Located<int>? version = root.Number("version");
        if (!root.Has("version"))
        {
            bag.Error(DiagnosticCodes.Version, "the key \"version\" is missing, so the file may be cut short", root.Location, "version", "write \"version: 1\" as the first key");
        }
        else if (version is { Value: not Version })
        {
            bag.Error(DiagnosticCodes.Version, $"version {version.Value} is not known to this build", version.Location, version.KeyPath, "write \"version: 1\"");
        }
    }
}
