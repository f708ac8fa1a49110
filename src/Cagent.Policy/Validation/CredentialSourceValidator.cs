// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges where credentials come from. No message repeats a value: people try to put secrets here.</summary>
internal sealed partial class CredentialSourceValidator(FilePaths paths, DiagnosticBag bag)
{
    private const int MaxNameLength = 64;

    public ImmutableArray<CredentialSource> Validate(ImmutableArray<CredentialConfig> credentials)
    {
        List<CredentialSource> sources = [];
        foreach (CredentialConfig credential in credentials)
        {
            bool hasName = IsName(credential.Name);
            if (!hasName)
            {
                bag.Error(
                    DiagnosticCodes.BadCredentialSource, $"a credential's name has 1 to {MaxNameLength} letters, digits, '-', '_' or '.' and begins with a letter or digit", credential.Location, "credentials");
            }

            CredentialSource? source = Validate(credential.Source, credential.Name, credential.Location);
            if (hasName && source is not null)
            {
                sources.Add(source);
            }
        }

        return [.. sources];
    }

    /// <summary>The source; null when it is absent or after reporting it. A nested one is named after the credential and its key.</summary>
    public CredentialSource? Validate(CredentialSourceConfig? config, string name, SourceLocation location) => config switch
    {
        EnvSourceConfig env => ReadEnv(env, name, location),
        FileSourceConfig file => paths.Resolve(file.Path, bag) is { } path ? new FileCredentialSource(name, location, path) : null,
        VaultSourceConfig vault => ReadVault(vault, name, location),
        ExecSourceConfig exec => ReadExec(exec, name, location),
        GcpMetadataSourceConfig gcp => ReadGcp(gcp, name, location),
        AwsSigV4SourceConfig aws => ReadAws(aws, name, location),
        OAuth2ClientCredentialsConfig grant => ReadGrant(grant, name, location),
        OAuth2RefreshTokenConfig grant => ReadGrant(grant, name, location),
        _ => null,
    };

    private EnvCredentialSource? ReadEnv(EnvSourceConfig config, string name, SourceLocation location)
    {
        if (config.Variable is not { } variable)
        {
            return null;
        }

        if (IsVariable(variable.Value))
        {
            return new EnvCredentialSource(name, location, variable.Value);
        }

        Refuse(variable, "an environment variable's name has letters, digits and '_' and begins with no digit", "write the name of the variable; the value never stands in this file");
        return null;
    }

    private GcpMetadataCredentialSource ReadGcp(GcpMetadataSourceConfig config, string name, SourceLocation location)
    {
        if (config is { Audience: { } audience, Scopes: not null })
        {
            Refuse(audience, "\"audience\" asks for an identity token and \"scopes\" for an access token", "keep one of them");
        }

        return new GcpMetadataCredentialSource(name, location, config.ServiceAccount?.Value ?? "default", ReadScopes(config.Scopes), config.Audience?.Value);
    }

    private AwsSigV4CredentialSource? ReadAws(AwsSigV4SourceConfig config, string name, SourceLocation location)
    {
        foreach (Located<string> part in new[] { config.Region, config.Service }.OfType<Located<string>>().Where(part => !part.Value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
        {
            Refuse(part, "a region or service of AWS has lower-case letters, digits and '-'", "write such as eu-central-1, or bedrock");
        }

        CredentialSource? id = Validate(config.AccessKeyId, name + ".access_key_id", config.Location);
        CredentialSource? secret = Validate(config.SecretAccessKey, name + ".secret_access_key", config.Location);
        CredentialSource? session = Validate(config.SessionToken, name + ".session_token", config.Location);
        return config.Region is null || config.Service is null || id is null || secret is null
            ? null
            : new AwsSigV4CredentialSource(name, location, config.Region.Value, config.Service.Value, id, secret, session);
    }

    private OAuth2ClientCredentialsSource? ReadGrant(OAuth2ClientCredentialsConfig config, string name, SourceLocation location)
    {
        Uri? url = new UrlReader(bag).Read(config.TokenUrl, acceptsLoopback: true);
        CredentialSource? id = Validate(config.ClientId, name + ".client_id", config.Location);
        CredentialSource? secret = Validate(config.ClientSecret, name + ".client_secret", config.Location);
        ImmutableArray<string> scopes = ReadScopes(config.Scopes);
        return url is null || id is null || secret is null ? null : new OAuth2ClientCredentialsSource(name, location, url, id, secret, scopes, config.Audience?.Value)
        {
            Authentication = config.Authentication?.Value ?? ClientAuthentication.Basic,
        };
    }

    private OAuth2RefreshTokenSource? ReadGrant(OAuth2RefreshTokenConfig config, string name, SourceLocation location)
    {
        Uri? url = new UrlReader(bag).Read(config.TokenUrl, acceptsLoopback: true);
        CredentialSource? id = Validate(config.ClientId, name + ".client_id", config.Location);
        CredentialSource? secret = Validate(config.ClientSecret, name + ".client_secret", config.Location);
        CredentialSource? refresh = Validate(config.RefreshToken, name + ".refresh_token", config.Location);
        ImmutableArray<string> scopes = ReadScopes(config.Scopes);
        return url is null || id is null || refresh is null ? null : new OAuth2RefreshTokenSource(name, location, url, id, secret, refresh, scopes)
        {
            Authentication = config.Authentication?.Value ?? ClientAuthentication.Basic,
        };
    }

    // RFC 6749 section 3.3: a scope is printable ASCII without space, quote and backslash.
    private ImmutableArray<string> ReadScopes(Located<ImmutableArray<Located<string>>>? scopes)
    {
        ImmutableArray<Located<string>> written = scopes?.Value ?? [];
        foreach (Located<string> scope in written.Where(scope => scope.Value.Any(c => c is <= ' ' or > '~' or '"' or '\\')))
        {
            Refuse(scope, "a scope is printable ASCII without spaces and quotes", "write one scope an item");
        }

        return [.. written.Select(scope => scope.Value)];
    }

    private void Refuse(Located<string> at, string problem, string? hint) => bag.Error(DiagnosticCodes.BadCredentialSource, problem, at.Location, at.KeyPath, hint);

    private static bool IsName(string text) =>
        text.Length is > 0 and <= MaxNameLength && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static bool IsVariable(string text) =>
        text.Length is > 0 and <= 255 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
