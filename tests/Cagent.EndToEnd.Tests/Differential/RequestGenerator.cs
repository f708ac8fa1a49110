// SPDX-License-Identifier: Apache-2.0
namespace Cagent.EndToEnd.Tests.Differential;

/// <summary>Requests near the edges of the policy, the same in every run.</summary>
internal sealed class RequestGenerator(DifferentialDeployment site)
{
    private static readonly string[] Methods =
        ["GET", "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "SEARCH", "PURGE", "TRACE"];

    // No "#": clients cut it off, and the proxy refuses it. The rare ones end a connection with 400, which costs a handshake.
    private static readonly string[] Segments =
        ["v1", "v1", "v1", "v1", "a", "b", "x", "items", "secret", "secret", "admin", "V1", "", ".", "..", "%2e%2e", "..;x=1", ".;", "@a", "%40a", "@scope%2Fname", "@scope%2fname",
         "a%2Fb", "a%2f..%2fb", "%61", "%76%31", "%7Ea", "secret;p=1", "secret%3Bp", "secret%2Fx", "sec%72et", "a%5Cb", "a\\b", "v1\\secret", "%252e", "a%25b", "a%zz", "%", "*", "a+b", "a|b", "a\"b", "caf%C3%A9", "%c0%af", "a%0ab", "..."];

    private static readonly string[] Rare = ["%00", "caf\u00e9"];
    private static readonly string[] Queries = ["", "", "", "?", "?q=1", "?x=/../secret", "?%zz", "?a=//b"];
    private readonly Random _random = new(20260607);

    /// <summary>The hosts inside whose tunnels requests are sent.</summary>
    public static string[] TunnelHosts { get; } =
        [DifferentialDeployment.Rules, DifferentialDeployment.Rules, DifferentialDeployment.Alias, DifferentialDeployment.Everything, DifferentialDeployment.ReadOnly, DifferentialDeployment.Packages, DifferentialDeployment.Wildcard];

    public GeneratedRequest Intercepted(string host) =>
        new(Pick(Methods), "https", Pick(Spellings($"{host}:{site.WebPort}")), Path());

    public GeneratedRequest PlainHttp()
    {
        string host = Pick(DifferentialDeployment.Plain, DifferentialDeployment.Plain, DifferentialDeployment.PlainAlias, DifferentialDeployment.Alias, DifferentialDeployment.Plain, DifferentialDeployment.Rules, "evil.example.com", "x.plain.example.com");
        int port = Pick(site.PlainPort, site.PlainPort, site.PlainPort, site.WebPort, 80);
        return new GeneratedRequest(Pick(Methods), "http", Pick([.. Spellings($"{host}:{port}"), .. port == 80 ? (string[])[host] : [], .. _random.Next(12) == 0 ? Malformed(host, port) : []]), Path());
    }

    public GeneratedRequest Connect()
    {
        string host = Pick(DifferentialDeployment.Rules, DifferentialDeployment.Alias, DifferentialDeployment.PlainAlias, "x.api.devbox.local", DifferentialDeployment.Pinned, DifferentialDeployment.Plain, DifferentialDeployment.Wildcard, "a.x.wild.example.com", "wild.example.com", "evil.example.com", "127.0.0.1", "2130706433", "0x7f.1");
        int port = Pick(site.WebPort, site.PlainPort, site.PinnedPort, 443);
        return new GeneratedRequest("CONNECT", "", Pick([.. Spellings($"{host}:{port}"), .. Malformed(host, port), host]), "");
    }

    private static string[] Spellings(string authority)
    {
        string[] parts = authority.Split(':');
        return [authority, authority, authority, authority, authority, authority.ToUpperInvariant(), $"{parts[0]}.:{parts[1]}", char.ToUpperInvariant(authority[0]) + authority[1..]];
    }

    private static string[] Malformed(string host, int port) =>
        [$"user@{host}:{port}", $"{host}:0{port}", $"{host}..:{port}", $"-{host}:{port}", $"a_{host}:{port}", $"a~{host}:{port}", $"a!{host}:{port}", $"a%20{host}:{port}", $"*.{host}:{port}", $"{host}:{port}:{port}", $"{host}:", $"[{host}]:{port}", $"[::1]:{port}", $"[::ffff:127.0.0.1]:{port}", $"{host}:0", $"{host}:-1", $"{host}:99999", $"a,{host}:{port}"];

    private string Path()
    {
        string[] segments = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => _random.Next(400) == 0 ? Pick(Rare) : Pick(Segments))];
        return "/" + string.Join('/', segments) + Pick(Queries);
    }

    private T Pick<T>(params T[] from) => from[_random.Next(from.Length)];
}
