// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;
using Cagent.Domains;
using Cagent.TestKit.Generation;
using Envoy.Config.Route.V3;
using FsCheck;
using FsCheck.Fluent;
using HostName = Cagent.Domains.HostName;

namespace Cagent.Compiler.Tests;

/// <summary>
/// Invariant 1: Envoy's routes and the authz table find the same entry for every host and port. Envoy's matching is written
/// down again in <see cref="EnvoyMatcher"/>: exact virtual host, longest suffix, then the first route that matches.
/// </summary>
public sealed class RouteMatchingTests
{
    private const int Policies = 500;
    private const int HostsOfEach = 20;

    private static readonly string[] Patterns =
    [
        "example.com", "a.example.com", "b.a.example.com", "*.example.com", "**.example.com", "*.a.example.com", "**.a.example.com",
        "*.b.a.example.com", "**.b.a.example.com", "**.c.b.a.example.com", "a-example.com", "*.ample.com", "**.xn--bcher-kva.example",
    ];

    private static readonly string[] Hosts =
    [
        "example.com", "a.example.com", "x.example.com", "b.a.example.com", "x.a.example.com", "c.b.a.example.com", "x.b.a.example.com",
        "y.x.b.a.example.com", "z.c.b.a.example.com", "q.z.c.b.a.example.com", "a-example.com", "x.a-example.com", "ample.com", "ex.ample.com",
        "aexample.com", "x.xn--bcher-kva.example", "other.example.net",
    ];

    private static readonly int[] Ports = [80, 443, 8443];

    private static readonly Gen<string> Entry =
        from pattern in Gen.Elements(Patterns)
        from port in Gen.Elements(Ports)
        from kind in Gen.Elements("", "", ", scheme: http", ", tls: passthrough")
        select $"  - {{domain: \"{pattern}\", port: {port}{kind}}}";

    [Fact]
    public void Routes_AnyPolicyAndHost_FindTheEntryOfTheTable()
    {
        Dictionary<EntryKind, int> found = [];
        PropertyTest.Holds(
            from count in Gen.Choose(1, 10)
            from entries in Gen.ArrayOf(Entry, count)
            from hosts in Gen.ArrayOf(Gen.Elements(Hosts), HostsOfEach)
            from port in Gen.Elements(Ports)
            select (Entries: entries, Hosts: hosts, Port: port),
            sample => Compare(sample.Entries, sample.Hosts, sample.Port, found),
            Policies);
        // Each kind was met often enough for the comparison to mean something.
        Assert.All(Enum.GetValues<EntryKind>(), kind => Assert.InRange(found.GetValueOrDefault(kind), 100, int.MaxValue));
    }

    [Fact]
    public void Routes_OneLabelInsideAnyDepth_FallBackToTheEnclosingEntry()
    {
        CompiledPolicy compiled = GoldenCase.Compile("version: 1\ndomains:\n  - {domain: \"**.example.com\"}\n  - {domain: \"*.a.example.com\"}\n  - {domain: \"**.b.a.example.com\"}\n");
        EnvoyMatcher web = new(Routes(compiled, "web"));
        Assert.Equal("*.a.example.com:443", web.Find("x.a.example.com", isConnect: false));
        Assert.Equal("**.example.com:443", web.Find("y.x.a.example.com", isConnect: false));
        Assert.Equal("**.b.a.example.com:443", web.Find("y.b.a.example.com:443", isConnect: false));
        Assert.Equal("*.a.example.com:443", web.Find("b.a.example.com", isConnect: false));
        Assert.Null(web.Find("example.com", isConnect: false));
        Assert.Null(web.Find("x.a.example.com:8443", isConnect: false));
    }

    [Fact]
    public void Routes_SpellingsOfAnAuthority_AreMatchedAsAWhole()
    {
        CompiledPolicy compiled = GoldenCase.Compile("version: 1\ndomains:\n  - {domain: \"*.example.com\"}\n");
        EnvoyMatcher fwd = new(Routes(compiled, "fwd"));
        Assert.Equal("*.example.com:443", fwd.Find("X.Example.COM:443", isConnect: true));
        Assert.Null(fwd.Find("x.y.example.com:443", isConnect: true));
        Assert.Null(fwd.Find(".example.com:443", isConnect: true));
        Assert.Null(fwd.Find("x@y.example.com:443", isConnect: true));
        Assert.Null(fwd.Find("xéy.example.com:443", isConnect: true));
        Assert.Null(fwd.Find("x.examplexcom:443", isConnect: true));
        Assert.Null(fwd.Find("x.example.com:443:443", isConnect: true));
        Assert.Null(fwd.Find("x.example.com", isConnect: true));
    }

    private static void Compare(string[] entries, string[] hosts, int port, Dictionary<EntryKind, int> found)
    {
        string policy = "version: 1\ndomains:\n" + string.Join('\n', entries.DistinctBy(entry => entry[..entry.IndexOf(", port: ", StringComparison.Ordinal)] + PortOf(entry)));
        CompiledPolicy compiled = GoldenCase.Compile(policy);
        EnvoyMatcher fwd = new(Routes(compiled, "fwd"));
        EnvoyMatcher web = new(Routes(compiled, "web"));
        EnvoyMatcher dial = new(Routes(compiled, "dial"));
        foreach (string host in hosts)
        {
            Assert.True(HostName.TryParse(host, out HostName? name, out _) & Port.TryCreate(port, out Port number));
            AuthzEntry? entry = compiled.Authz.Find(name!, number);
            string authority = $"{host}:{port}";
            Check(entry, EntryKind.Plain, fwd.Find(authority, isConnect: false), $"plain {authority}\n{policy}");
            Check(entry, EntryKind.Inspected, web.Find(authority, isConnect: false), $"web {authority}\n{policy}");
            Check(entry, EntryKind.Pinned, dial.Find(authority, isConnect: true), $"dial {authority}\n{policy}");
            if (entry?.Kind != EntryKind.Plain)
            {
                Check(entry, entry?.Kind ?? EntryKind.Pinned, fwd.Find(authority, isConnect: true), $"connect {authority}\n{policy}");
            }

            CheckDefaultPort(entry, host, port, fwd, web, policy);
            if (entry is not null)
            {
                found[entry.Kind] = found.GetValueOrDefault(entry.Kind) + 1;
            }
        }
    }

    /// <summary>Host names no port when it is the scheme's own.</summary>
    private static void CheckDefaultPort(AuthzEntry? entry, string host, int port, EnvoyMatcher fwd, EnvoyMatcher web, string policy)
    {
        if (port == 80)
        {
            Check(entry, EntryKind.Plain, fwd.Find(host, isConnect: false), $"plain {host}\n{policy}");
        }

        if (port == 443)
        {
            Check(entry, EntryKind.Inspected, web.Find(host, isConnect: false), $"web {host}\n{policy}");
        }
    }

    /// <summary>An entry of another kind is denied by ext_authz, whatever Envoy finds instead; one that is not there must not be found.</summary>
    private static void Check(AuthzEntry? entry, EntryKind kind, string? route, string what)
    {
        if (entry is null)
        {
            Assert.True(route is null, $"no entry, and yet the route {route}: {what}");
        }
        else if (entry.Kind == kind)
        {
            Assert.True(route == entry.Name, $"the table says {entry.Name}, Envoy {route}: {what}");
        }
    }

    private static string PortOf(string entry) => entry[entry.IndexOf(", port: ", StringComparison.Ordinal)..].Split(',', '}')[1];

    private static RouteConfiguration Routes(CompiledPolicy compiled, string name) =>
        compiled.Resources.Select(resource => resource.Message).OfType<RouteConfiguration>().Single(routes => routes.Name == name);
}
