// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Language;

namespace Cagent.Policy.Reading;

internal sealed partial class CredentialSourceReader
{
    private VaultSourceConfig ReadVault(MappingReader reader) => new(reader.Location, reader.KeyPath)
    {
        Path = reader.Text("path"),
        Field = reader.Text("field"),
        KvVersion = reader.Bounded("kv_version"),
        Refresh = reader.Duration("refresh"),
        MaxStale = reader.Duration("max_stale"),
        Address = reader.Text("address"),
        Namespace = reader.Text("namespace"),
        CaFile = reader.Text("ca_file"),
        Token = ReadNested(reader, "token"),
        AppRole = ReadAppRole(reader),
        Kubernetes = ReadKubernetes(reader),
    };

    private VaultAppRoleConfig? ReadAppRole(MappingReader reader)
    {
        if (reader.Mapping("app_role", CredentialKeys.VaultAppRole) is not { } inner)
        {
            return null;
        }

        inner.RequireKeys();
        return new VaultAppRoleConfig(inner.Location, inner.KeyPath, ReadNested(inner, "role_id"), ReadNested(inner, "secret_id"), inner.Text("mount"));
    }

    private VaultKubernetesConfig? ReadKubernetes(MappingReader reader)
    {
        if (reader.Mapping("kubernetes", CredentialKeys.VaultKubernetes) is not { } inner)
        {
            return null;
        }

        inner.RequireKeys();
        return new VaultKubernetesConfig(inner.Location, inner.KeyPath, inner.Text("role"), ReadNested(inner, "jwt"), inner.Text("mount"));
    }
}
