// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>Reads one item of <c>domains</c>.</summary>
internal sealed class DomainConfigReader(DiagnosticBag bag)
{
    public DomainConfig? Read(YamlNode node, string keyPath)
    {
        if (node is UnreadableNode)
        {
            return null;
        }

        if (node is not MappingNode mapping)
        {
            bag.Error(DiagnosticCodes.WrongType, "an item of \"domains\" wants a mapping of keys", node.Location, keyPath, "write \"- domain: example.com\"");
            return null;
        }

        MappingReader reader = new(mapping, keyPath, KeySet.Domain, bag);
        reader.Require("domain");
        return new DomainConfig(reader.Location, keyPath)
        {
            Domain = reader.Text("domain"),
            Port = reader.Number("port"),
            Scheme = reader.Choice("scheme", ("https", Scheme.Https), ("http", Scheme.Http)),
            Allow = reader.Texts("allow"),
            Deny = reader.Texts("deny"),
            ReadOnly = reader.Flag("read_only"),
            Credential = ReadCredential(reader),
            Tls = PolicyConfigReader.ReadTls(reader, bag),
            Addresses = reader.Texts("addresses"),
            Timeout = reader.Duration("timeout"),
            IdleTimeout = reader.Duration("idle_timeout"),
            WebSocket = reader.Flag("websocket"),
            Enabled = reader.Flag("enabled"),
            Description = reader.Text("description"),
        };
    }

    private static CredentialUseConfig? ReadCredential(MappingReader parent)
    {
        MappingReader? reader = parent.Mapping("credential", KeySet.CredentialUse);
        if (reader is null)
        {
            return null;
        }

        reader.Require("use", "name a credential of the block \"credentials\"");
        reader.Require("header", "name the request header that carries it, such as Authorization");
        return new CredentialUseConfig(
            reader.Location, reader.KeyPath, reader.Text("use"), reader.Text("header"), reader.Text("format"), reader.Flag("insecure_credential"));
    }
}
