// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;
using Cagent.EnvoyApi;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Tests;

/// <summary>What holds for the resources of every policy (docs/architecture.md, "Invariants"), proved over all golden cases.</summary>
public sealed class InvariantTests
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(EnvoyTypes.Registry));

    /// <summary>2: every route that forwards asks ext_authz and has an RBAC rule of its own; both are closed where they are missing.</summary>
    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Routes_ThatForward_AskAndAllowExplicitly(string name)
    {
        foreach (RouteConfiguration routes in Of<RouteConfiguration>(name).Where(routes => routes.Name != "dial"))
        {
            foreach ((VirtualHost host, Route route) in Routes(routes).Where(one => one.Route.Route_ is not null))
            {
                Any authz = route.TypedPerFilterConfig["cagent.authz"];
                var settings = authz.Unpack<global::Envoy.Extensions.Filters.Http.ExtAuthz.V3.ExtAuthzPerRoute>().CheckSettings;
                // Where bytes go on unseen, the route says so: an answer for inspection is none for it.
                bool isUnseen = route.TypedPerFilterConfig.Values.Any(config => config.Value.ToStringUtf8() is var text && (text.Contains("in@splice", StringComparison.Ordinal) || text.Contains("splice@", StringComparison.Ordinal)));
                string entry = settings.ContextExtensions["entry"];
                // And where responses are searched for a credential: without that none is put in.
                bool isGuarded = route.TypedPerFilterConfig.ContainsKey("cagent.guard");
                Assert.Equal((isUnseen ? "passthrough " : isGuarded ? "guarded " : "") + route.Name, WithoutReach(entry));
                // What Envoy enforces alone is where the request goes, and what ext_authz is told.
                Assert.True(!route.Route_.Cluster.StartsWith("up@", StringComparison.Ordinal) || route.Route_.Cluster[WithoutReach(route.Route_.Cluster).Length..] == entry[WithoutReach(entry).Length..], $"{entry} goes to {route.Route_.Cluster}");
                Assert.Contains(settings.ContextExtensions["hop"], (string[])["connect", "plain", "web"]);
                Assert.NotEmpty(route.TypedPerFilterConfig["cagent.allow"].Unpack<global::Envoy.Extensions.Filters.Http.Rbac.V3.RBACPerRoute>().Rbac.Rules.Policies);
                Assert.False(host.TypedPerFilterConfig.ContainsKey("cagent.allow") && !route.TypedPerFilterConfig.ContainsKey("cagent.allow"), "the host's open rule would apply");
            }
        }
    }

    private static string WithoutReach(string name) => name.Split('#')[0];

    /// <summary>2: the default rule is switched off only where nothing is forwarded, and every configuration ends in a denial.</summary>
    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Routes_WithoutEntry_DenyDirectly(string name)
    {
        foreach (RouteConfiguration routes in Of<RouteConfiguration>(name))
        {
            VirtualHost last = routes.VirtualHosts[^1];
            Assert.Equal(["*"], last.Domains);
            Assert.All(last.Routes, route => Assert.Equal(403u, route.DirectResponse.Status));
            Assert.Contains(last.Routes, route => route.Match.Prefix == "/");
            Assert.All(Routes(routes), one => Assert.Equal(one.Route.Route_ is null, one.Route.DirectResponse is not null));
        }
    }

    /// <summary>Envoy's guard matches prefixes, which say nothing of an IPv4 address inside an IPv6 one: IPv6 is never asked for.</summary>
    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Resources_ThatResolve_AskForIPv4Only(string name)
    {
        string all = string.Join('\n', GoldenCase.Load(name).Resources.Select(resource => Formatter.Format(resource.Message)));
        int families = all.Split("dnsLookupFamily").Length - 1;
        Assert.Equal(families, all.Split("\"dnsLookupFamily\": \"V4_ONLY\"").Length - 1);
        Assert.Equal(all.Split("typedDnsResolverConfig").Length - 1, families);
    }

    /// <summary>3: credentials stand in the authz table only; Envoy's resources do not even name them.</summary>
    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Resources_WithCredentials_DoNotMentionThem(string name)
    {
        CompiledPolicy compiled = GoldenCase.Load(name);
        foreach (CredentialOf use in compiled.Authz.Entries.Where(entry => entry.Credential is not null).Select(entry => new CredentialOf(entry.Credential!.Name, entry.Credential.Format)))
        {
            Assert.All(compiled.Resources, resource =>
            {
                string text = Formatter.Format(resource.Message);
                Assert.DoesNotContain(use.Format, text, StringComparison.Ordinal);
                Assert.DoesNotContain($"\"{use.Name}\"", text, StringComparison.Ordinal);
            });
        }
    }

    /// <summary>3: a credential belongs to an entry whose requests are seen: what is passed through has none.</summary>
    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Authz_PinnedEntry_HasNoRulesAndNoCredential(string name) =>
        Assert.All(GoldenCase.Load(name).Authz.Entries.Where(entry => entry.Kind == EntryKind.Pinned), entry =>
            Assert.True(entry is { Credential: null, Allow.IsEmpty: true, Deny.IsEmpty: true, ReadOnly: false, WebSocket: false }));

    /// <summary>7 and S6: names are unique in a type and equal the name inside the message.</summary>
    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Resources_Names_AreUniqueAndTheirOwn(string name)
    {
        CompiledPolicy compiled = GoldenCase.Load(name);
        Assert.Equal(compiled.Resources.Length, compiled.Resources.Select(resource => (resource.TypeUrl, resource.Name)).Distinct().Count());
        Assert.All(compiled.Resources, resource => Assert.Equal(
            resource.Name, resource.Message.Descriptor.FindFieldByName("name").Accessor.GetValue(resource.Message)));
    }

    /// <summary>A route to a cluster that is not there would be a 503 for ever, and a cluster that nobody names would be checked for nothing.</summary>
    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Routes_Clusters_AreDefinedAndUsed(string name)
    {
        HashSet<string> defined = [.. Of<Cluster>(name).Select(cluster => cluster.Name)];
        HashSet<string> named = [.. Of<RouteConfiguration>(name).SelectMany(Routes).Where(one => one.Route.Route_ is not null).Select(one => one.Route.Route_.Cluster)];
        Assert.Empty(named.Except(defined));
        // Chosen by filter state behind the gate: the constant ones, or two an agent.
        Assert.All(defined.Except(named), cluster => Assert.Matches("^(in|bump|splice)@", cluster));
    }

    /// <summary>Every upstream that resolves names by itself carries the address guard; wildcards are filtered in their cache.</summary>
    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Clusters_WithAddressesOfTheirOwn_KeepTheGuard(string name)
    {
        // Protocol options with http_filters replace the router's guard, so theirs must begin with one.
        foreach (Cluster cluster in Of<Cluster>(name))
        {
            foreach (Any any in cluster.TypedExtensionProtocolOptions.Values)
            {
                var filters = any.Unpack<global::Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions>().HttpFilters;
                Assert.True(filters.Count == 0 || filters[0].Name == "envoy.filters.http.upstream_rbac", $"{cluster.Name} has no guard");
            }

            Assert.True(cluster.ClusterType?.Name != "envoy.clusters.dynamic_forward_proxy" || Formatter.Format(cluster).Contains("resolvedAddressFilter", StringComparison.Ordinal), $"{cluster.Name} resolves unfiltered");
        }
    }

    /// <summary>5: the gate of an entry depends on its name alone, or its open tunnels could no longer be cut.</summary>
    [Fact]
    public void Gate_OtherwiseChangedEntry_IsTheSameBytes()
    {
        ByteString[] gates =
        [
            .. new[] { "read_only: true", "timeout: 5s", "tls: passthrough", "addresses: [10.0.0.0/8]", "websocket: true", "allow: [\"GET /\"]" }
                .Select(more => GoldenCase.Compile($"version: 1\ndomains:\n  - {{domain: a.example.com, {more}}}\n"))
                .Select(compiled => compiled.Resources.Single(resource => resource.Name == "gate@a.example.com:443").Message.ToByteString()),
        ];
        Assert.Single(gates.Distinct());
    }

    /// <summary>A policy that allows nothing still has its listeners and denials: nothing is open because nothing is configured.</summary>
    [Fact]
    public void EmptyPolicy_HasListenersAndDenialsOnly()
    {
        CompiledPolicy compiled = GoldenCase.Compile("version: 1");
        Assert.Empty(compiled.Authz.Entries);
        Assert.Equal("", AuthzText.Render(compiled.Authz));
        Assert.Equal(5, compiled.Resources.Count(resource => resource.Message is Listener));
        Assert.All(compiled.Resources.Select(resource => resource.Message).OfType<RouteConfiguration>(), routes => Assert.Single(routes.VirtualHosts));
    }

    [Fact]
    public void Compile_OrderOfEntries_ChangesNoByte()
    {
        const string One = "  - {domain: a.example.com}\n", Two = "  - {domain: \"**.a.example.com\"}\n", Three = "  - {domain: \"*.a.example.com\", tls: passthrough}\n";
        Assert.Equal(Bytes(One + Two + Three), Bytes(Three + One + Two));

        static IEnumerable<ByteString> Bytes(string domains) =>
            GoldenCase.Compile("version: 1\ndomains:\n" + domains).Resources.Select(resource => resource.Message.ToByteString());
    }

    private static IEnumerable<T> Of<T>(string name) => GoldenCase.Load(name).Resources.Select(resource => resource.Message).OfType<T>();

    private static IEnumerable<(VirtualHost Host, Route Route)> Routes(RouteConfiguration routes) =>
        routes.VirtualHosts.SelectMany(host => host.Routes.Select(route => (host, route)));

    private sealed record CredentialOf(string Name, string Format);
}
