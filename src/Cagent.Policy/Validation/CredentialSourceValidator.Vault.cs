// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

internal sealed partial class CredentialSourceValidator
{
    /// <summary>Where a pod finds the token of its service account.</summary>
    private const string ServiceAccountToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

    private const string PathCharacters = "letters, digits, '-', '_', '.' and '/'";

    private VaultCredentialSource? ReadVault(VaultSourceConfig config, string name, SourceLocation location)
    {
        VaultServer? server = ReadServer(config, name);
        int version = config.KvVersion?.Value ?? 2;
        bool isPath = config.Path is { } path && CheckPath(path, version);
        bool isField = config.Field is { } field && CheckField(field);
        (TimeSpan refresh, TimeSpan maxStale) = ReadTimes(config.Refresh, config.MaxStale);
        return isPath && isField && server is not null
            ? new VaultCredentialSource(name, location, config.Path!.Value, version, config.Field!.Value, refresh, maxStale, server)
            : null;
    }

    private VaultServer? ReadServer(VaultSourceConfig config, string name)
    {
        Uri? address = new UrlReader(bag).Read(config.Address, acceptsLoopback: true);
        if (address is not null && (address.Query.Length > 0 || address.AbsolutePath != "/"))
        {
            bag.Error(DiagnosticCodes.BadUrl, "the address of Vault has a path or a query", config.Address!.Location, config.Address.KeyPath, "write the server alone, such as https://vault.internal.example:8200");
        }

        string? caFile = paths.Resolve(config.CaFile, bag);
        CredentialSource? token = Validate(config.Token, name + ".token", config.Location);
        VaultAppRole? appRole = ReadAppRole(config.AppRole, name);
        VaultKubernetes? kubernetes = ReadKubernetes(config.Kubernetes, name);
        string? @namespace = ReadSegments(config.Namespace, "a namespace");
        (SourceLocation Location, string KeyPath, bool IsThere)[] logins =
        [
            (config.Token?.Location ?? config.Location, config.Token?.KeyPath ?? "", config.Token is not null),
            (config.AppRole?.Location ?? config.Location, config.AppRole?.KeyPath ?? "", config.AppRole is not null),
            (config.Kubernetes?.Location ?? config.Location, config.Kubernetes?.KeyPath ?? "", config.Kubernetes is not null),
        ];
        if (logins.Count(login => login.IsThere) > 1)
        {
            (SourceLocation at, string keyPath, _) = logins.Last(login => login.IsThere);
            bag.Error(DiagnosticCodes.BadCredentialSource, "\"token\", \"app_role\" and \"kubernetes\" are different logins", at, keyPath, "keep one of them");
        }

        // What was reported is no policy anyway; a login that is half there must not turn into the token of the environment.
        bool isWhole = (config.Token is null || token is not null) && (config.AppRole is null || appRole is not null) && (config.Kubernetes is null || kubernetes is not null);
        return isWhole ? new VaultServer(address, @namespace, caFile, token, appRole, kubernetes) : null;
    }

    private VaultAppRole? ReadAppRole(VaultAppRoleConfig? config, string name)
    {
        if (config is null)
        {
            return null;
        }

        CredentialSource? role = Validate(config.RoleId, name + ".role_id", config.Location);
        CredentialSource? secret = Validate(config.SecretId, name + ".secret_id", config.Location);
        string mount = ReadSegments(config.Mount, "a mount") ?? "approle";
        return role is null || secret is null ? null : new VaultAppRole(role, secret, mount);
    }

    private VaultKubernetes? ReadKubernetes(VaultKubernetesConfig? config, string name)
    {
        if (config is null)
        {
            return null;
        }

        CredentialSource? jwt = config.Jwt is null
            ? new FileCredentialSource(name + ".jwt", config.Location, ServiceAccountToken)
            : Validate(config.Jwt, name + ".jwt", config.Location);
        string mount = ReadSegments(config.Mount, "a mount") ?? "kubernetes";
        return config.Role is { } role && CheckField(role) && jwt is not null ? new VaultKubernetes(role.Value, jwt, mount) : null;
    }

    private string? ReadSegments(Located<string>? text, string what)
    {
        string? trimmed = text?.Value.TrimEnd('/');
        if (text is not null && !IsPath(trimmed!))
        {
            Refuse(text, $"{what} of Vault has {PathCharacters}", "write it without a slash in front");
        }

        return trimmed;
    }

    private bool CheckPath(Located<string> path, int version)
    {
        if (!IsPath(path.Value) || !path.Value.Contains('/', StringComparison.Ordinal))
        {
            Refuse(path, $"a Vault path is MOUNT/data/NAME, of {PathCharacters}", "write such as secret/data/billing");
            return false;
        }

        if (version == 2 && path.Value.Split('/') is var parts && Array.IndexOf(parts, "data", 1) is var data && (data < 0 || data == parts.Length - 1))
        {
            Refuse(path, "the path of a secret in the KV engine, version 2, has \"data\" behind the mount", "write MOUNT/data/NAME, or kv_version: 1 if the engine is of version 1");
            return false;
        }

        return true;
    }

    private bool CheckField(Located<string> field)
    {
        if (!IsName(field.Value))
        {
            Refuse(field, $"a field or role has 1 to {MaxNameLength} letters, digits, '-', '_' or '.'", null);
            return false;
        }

        return true;
    }

    private static bool IsPath(string text) =>
        text.Length is > 0 and <= 512 && text.Split('/').All(part => part.Any(char.IsAsciiLetterOrDigit))
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/');
}
