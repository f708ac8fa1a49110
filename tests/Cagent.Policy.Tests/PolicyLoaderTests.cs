// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Tests;

public sealed class PolicyLoaderTests
{
    [Fact]
    public void Load_VersionAlone_AllowsNothing()
    {
        ValidatedPolicy policy = Load("version: 1");
        Assert.Empty(policy.Entries);
        Assert.Empty(policy.Credentials);
        Assert.Empty(policy.Dns.Upstream);
        Assert.Null(policy.TrustedCa);
    }

    [Fact]
    public void Load_EntryWithoutSettings_HasTheDefaultsOfTheLanguage()
    {
        PolicyEntry entry = Assert.Single(Load("version: 1\ndomains:\n  - domain: A.example.com.\n").Entries);
        Assert.Equal("a.example.com:443", entry.Key.ToString());
        Assert.Equal(Scheme.Https, entry.Scheme);
        Assert.Equal(TlsMode.Intercept, entry.Tls);
        Assert.Equal(TimeSpan.FromSeconds(30), entry.Timeout);
        Assert.Equal(TimeSpan.FromMinutes(10), entry.IdleTimeout);
        Assert.Empty(entry.Allow);
        Assert.Empty(entry.Deny);
        Assert.Empty(entry.Addresses);
        Assert.False(entry.ReadOnly);
        Assert.False(entry.WebSocket);
        Assert.Null(entry.Credential);
        Assert.Null(entry.TrustedCa);
        Assert.Equal(new SourceLocation("conf/cagent.yaml", 3, 5), entry.Location);
    }

    [Fact]
    public void Load_EntryWithSettings_HasThemAll()
    {
        PolicyEntry entry = Assert.Single(Load(
            """
            version: 1
            credentials: {key: {from: env, name: KEY}}
            domains:
              - domain: a.example.com
                port: 8080
                scheme: http
                allow: ["HEAD,GET /v1/**"]
                deny: ["* /v1/@a%2fb"]
                credential: {use: key, header: X-Api-Key, insecure_credential: true}
                addresses: [10.20.0.0/16]
                timeout: 500ms
                idle_timeout: 1h
                websocket: true
                enabled: true
                description: ours
            """).Entries);
        Assert.Equal("a.example.com:8080", entry.Key.ToString());
        Assert.Equal(Scheme.Http, entry.Scheme);
        Assert.Equal("GET,HEAD /v1/**", Assert.Single(entry.Allow).Text);
        Assert.Equal("* /v1/@a%2Fb", Assert.Single(entry.Deny).Text);
        Assert.Equal(new CredentialUse("key", "x-api-key", "{value}", true, new SourceLocation("conf/cagent.yaml", 9, 17)), entry.Credential);
        Assert.Equal("10.20.0.0/16", Assert.Single(entry.Addresses).ToString());
        Assert.Equal(TimeSpan.FromMilliseconds(500), entry.Timeout);
        Assert.Equal(TimeSpan.FromHours(1), entry.IdleTimeout);
        Assert.True(entry.WebSocket);
        Assert.Equal("ours", entry.Description);
    }

    [Fact]
    public void Load_Defaults_FillEntriesThatSayNothing()
    {
        ValidatedPolicy policy = Load(
            """
            version: 1
            defaults: {tls: {mode: passthrough, trusted_ca: pki/ca.pem}, timeout: 1s, idle_timeout: 2s}
            domains:
              - domain: a.example.com
              - {domain: b.example.com, tls: {mode: intercept, trusted_ca: /etc/own.pem}, timeout: 3s}
              - {domain: c.example.com, scheme: http}
              - {domain: d.example.com, tls: intercept}
            """);
        Assert.Equal([TlsMode.Passthrough, TlsMode.Intercept, TlsMode.Intercept, TlsMode.Intercept], policy.Entries.Select(entry => entry.Tls));
        Assert.Equal([null, "/etc/own.pem", null, null], policy.Entries.Select(entry => entry.TrustedCa));
        Assert.Equal(5, policy.Entries[1].TrustedCaLocation?.Line);
        Assert.Equal([1, 3, 1, 1], policy.Entries.Select(entry => entry.Timeout.TotalSeconds));
        Assert.Equal([2, 2, 2, 2], policy.Entries.Select(entry => entry.IdleTimeout.TotalSeconds));
        Assert.Equal(80, policy.Entries[2].Key.Port.Value);
        Assert.Equal("conf/pki/ca.pem", policy.TrustedCa);
    }

    [Fact]
    public void Load_ReadOnly_IsOneAllowRule()
    {
        PolicyEntry entry = Assert.Single(Load("version: 1\ndomains: [{domain: a.example.com, read_only: true}]").Entries);
        Assert.True(entry.ReadOnly);
        Assert.Equal("GET,HEAD,OPTIONS /**", Assert.Single(entry.Allow).Text);
    }

    [Fact]
    public void Load_DisabledEntry_IsDropped()
    {
        ValidatedPolicy policy = Load("version: 1\ndomains: [{domain: a.example.com, enabled: false}, {domain: A.example.com, port: 443}]");
        Assert.Equal("a.example.com:443", Assert.Single(policy.Entries).Key.ToString());
    }

    [Fact]
    public void Load_CredentialSources_AreResolved()
    {
        const string Text = "version: 1\ncredentials: {a: {from: env, name: A}, b: {from: file, path: secrets/b}, c: {from: file, path: /run/c}}";
        Assert.Equal(
            ["A", "conf/secrets/b", "/run/c"],
            Load(Text).Credentials.Select(source => source is FileCredentialSource file ? file.Path : ((EnvCredentialSource)source).Variable));
        ValidatedPolicy? other = PolicyLoader.Load(Text, "cagent.yaml", new PolicyLoadOptions { BaseFolder = "/etc/cagent" }).Policy;
        Assert.Equal("/etc/cagent/secrets/b", Assert.IsType<FileCredentialSource>(other?.Credentials[1]).Path);
    }

    [Fact]
    public void Load_Resolvers_HavePort53UnlessNamed()
    {
        ValidatedPolicy policy = Load("version: 1\ndns: {upstream: [1.1.1.1, \"9.9.9.9:5353\", \"[2606:4700::1111]:54\", \"2606:4700::1001\"]}");
        Assert.Equal(["1.1.1.1:53", "9.9.9.9:5353", "[2606:4700::1111]:54", "[2606:4700::1001]:53"], policy.Dns.Upstream.Select(resolver => resolver.ToString()));
        Assert.Equal(IPAddress.Parse("10.0.0.53"), Assert.Single(Load("version: 1\ndns: {upstream: 10.0.0.53}").Dns.Upstream).Address);
    }

    [Fact]
    public void Load_AnyError_GivesNoPolicy()
    {
        PolicyLoadResult result = PolicyLoader.Load("version: 1\ndomains: [{domain: a.example.com}, {domain: \"*\"}]", "cagent.yaml");
        Assert.Null(result.Policy);
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Equal("domains[1].domain", diagnostic.KeyPath);
    }

    [Fact]
    public void Load_TextBeyondTheLimit_IsRefusedUnread()
    {
        PolicyLoadResult result = PolicyLoader.Load("version: 1\n" + new string('#', 100), "cagent.yaml", new PolicyLoadOptions { MaxLength = 100 });
        Assert.Equal(DiagnosticCodes.TooLarge, Assert.Single(result.Diagnostics).Code);
    }

    [Fact]
    public void Load_MoreErrorsThanAreShown_SaysSo()
    {
        string text = "version: 1\ndomains:\n" + string.Concat(Enumerable.Repeat("  - domain: '*'\n", 2000));
        PolicyLoadResult result = PolicyLoader.Load(text, "cagent.yaml");
        Assert.Null(result.Policy);
        Assert.Equal(501, result.Diagnostics.Length);
        Assert.Equal(DiagnosticCodes.TooMany, result.Diagnostics[^1].Code);
    }

    private static ValidatedPolicy Load(string text)
    {
        PolicyLoadResult result = PolicyLoader.Load(text, "conf/cagent.yaml");
        Assert.True(result.Policy is not null, string.Join('\n', result.Diagnostics));
        return result.Policy;
    }

    /// <summary>Found at 1,000 domains: their warnings alone made the policy invalid.</summary>
    [Fact]
    public void Load_AThousandWarnings_IsStillAPolicy()
    {
        string entries = string.Concat(Enumerable.Range(0, 1000).Select(i => $"  - {{domain: h{i}.example.com, addresses: [127.0.0.0/8]}}\n"));
        PolicyLoadResult result = PolicyLoader.Load("version: 1\ndomains:\n" + entries, "cagent.yaml");
        Assert.Equal(1000, result.Policy?.Entries.Length);
        Assert.All(result.Diagnostics, diagnostic => Assert.Equal(DiagnosticSeverity.Warning, diagnostic.Severity));
    }
}
