// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Authz;
using Cagent.TestKit.Generation;
using FsCheck;
using FsCheck.Fluent;

namespace Cagent.ExtAuthz.Tests;

/// <summary>Over random policies and requests the engine decides as a naive reading of the policy does, and allows nothing that no entry covers.</summary>
public sealed class NaiveComparisonTests
{
    private const int Policies = 500;
    private const int RequestsOfEach = 40;

    private static readonly string[] Hosts = ["example.com", "a.example.com", "b.example.com", "x.a.example.com", "y.x.a.example.com", "other.example.net"];
    private static readonly string[] Patterns = [.. Hosts, "*.example.com", "*.a.example.com", "**.example.com", "**.a.example.com", "**.x.a.example.com"];
    private static readonly int[] Ports = [443, 80, 8443];
    private static readonly string[] Verbs = ["GET", "HEAD", "POST", "DELETE", "PROPFIND", "TRACE", "get"];
    private static readonly string[] Paths =
        ["/", "/a", "/a/", "/a/b", "/a/b?x=/c", "/a/b/c", "/a%2Fb", "/a%2fb/c", "/a;p/b", "/a%3Bp", "/%2Fa/b", "/;/a", "/a%2F", "/a/;p/b", "/%40a/b", "/@a", "/A", "//a", "/a/../b", "a", "*"];

    private static readonly Gen<string> Rule =
        from methods in Gen.Elements("GET", "GET,HEAD", "POST", "*")
        from path in Gen.Elements("/", "/a", "/a/*", "/a/b", "/a/b/**", "/*/b", "/a/**", "/%40a/**", "/@a/**", "/a/")
        select $"{methods} {path}";

    private static readonly Gen<ImmutableArray<string>> Rules =
        from count in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(1, 3)))
        from rules in Gen.ArrayOf(Rule, count)
        select rules.Distinct().ToImmutableArray();

    private static readonly Gen<NaiveEntry> Entry =
        from host in Gen.Elements(Patterns)
        from port in Gen.Elements(Ports)
        from kind in Gen.Frequency((4, Gen.Constant("inspected")), (1, Gen.Constant("pinned")), (2, Gen.Constant("plain")))
        from readOnly in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        from allow in Rules
        from deny in Rules
        from webSocket in Gen.Elements(true, false)
        from credential in Gen.Elements(null, null, FixedCredentials.Name, "missing")
        let isPinned = kind == "pinned"
        let isWildcard = host[0] == '*'
        // As the validator demands it: what is passed through has no rules.
        select new NaiveEntry(
            host, port, kind,
            isPinned || readOnly ? [] : allow, isPinned ? [] : [.. deny.Where(rule => rule.StartsWith("POST", StringComparison.Ordinal) || allow.IsEmpty)],
            readOnly && !isPinned, webSocket && !isPinned && !isWildcard, isPinned ? null : credential);

    private static readonly Gen<AuthzRequest> Request =
        from hop in Gen.Frequency((1, Gen.Constant(AuthzHop.Connect)), (4, Gen.Constant(AuthzHop.Web)), (3, Gen.Constant(AuthzHop.Plain)))
        from host in Gen.Elements(Hosts)
        from otherHost in Gen.Elements(Hosts)
        from port in Gen.Elements(Ports)
        from isDishonest in Gen.Frequency((9, Gen.Constant(0)), (1, Gen.Choose(1, 3)))
        from isShort in Gen.Elements(true, false)
        from method in Gen.Elements(Verbs)
        from path in Gen.Elements(Paths)
        from upgrade in Gen.Frequency((5, Gen.Constant<string?>(null)), (1, Gen.Elements<string?>("websocket", "h2c")))
        from agent in Gen.Frequency((9, Gen.Constant<string?>(Questions.Agent)), (1, Gen.Constant<string?>(null)))
        let isDefault = port == (hop == AuthzHop.Web ? 443 : 80)
        let named = $"{(isDishonest == 1 ? otherHost : host)}:{port}"
        select new AuthzRequest
        {
            Hop = hop,
            Source = agent,
            Agent = agent,
            Connect = hop == AuthzHop.Web ? $"{(isDishonest == 2 ? otherHost : host)}:{port}" : null,
            Sni = hop == AuthzHop.Web ? (isDishonest == 3 ? otherHost : host) : null,
            RequestId = "r-1",
            Method = hop == AuthzHop.Connect ? "CONNECT" : method,
            Authority = isShort && isDefault && hop != AuthzHop.Connect ? named.Split(':')[0] : named,
            Path = path,
            Upgrade = upgrade,
        };

    [Fact]
    public void Decide_RandomPoliciesAndRequests_IsAsANaiveReading()
    {
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        Gen<(NaiveEntry[], AuthzRequest[])> cases =
            from count in Gen.Choose(0, 6)
            from entries in Gen.ArrayOf(Entry, count)
            from requests in Gen.ArrayOf(Request, RequestsOfEach)
            select (entries.DistinctBy(entry => entry.Name).ToArray(), requests);
        PropertyTest.Holds(cases, Compare, Policies);
        // The generators reach every outcome, or the comparison would prove little.
        Assert.Equal(
            ["agent_unknown", "allowed", "credential_unavailable", "host_not_allowed", "method_not_allowed", "name_mismatch", "path_not_allowed", "policy_unavailable", "read_only"],
            seen.Keys.Order(StringComparer.Ordinal));
        // About 600 of 20,000 are; 480 have been seen.
        Assert.InRange(seen["allowed"], 300, int.MaxValue);

        void Compare((NaiveEntry[] Policy, AuthzRequest[] Requests) sample)
        {
            if (Load(sample.Policy) is not { } table)
            {
                return;
            }

            for (int i = 0; i < sample.Requests.Length; i++)
            {
                AuthzRequest request = sample.Requests[i];
                // Envoy names the entry of its route: the one that covers the host, or for every eighth request any.
                request = request with { Entry = i % 8 == 0 ? sample.Policy.FirstOrDefault()?.RouteName : Route(sample.Policy, request) };
                string expected = NaiveEvaluator.Decide(sample.Policy, request);
                Decision decision = Questions.Decide(table, request);
                string actual = decision is Decision.Denied denied ? denied.Reason.WireName() : "allowed";
                Assert.True(expected == actual, $"naive {expected}, engine {actual}: {request}\n{string.Join('\n', sample.Policy.Select(entry => entry.Yaml))}");
                AssertCovered(sample.Policy, request, decision);
                seen[actual] = seen.GetValueOrDefault(actual) + 1;
            }
        }
    }

    /// <summary>Whatever else happens: no allow without an entry that names host, port, method and path, and without its credential.</summary>
    private static void AssertCovered(NaiveEntry[] policy, AuthzRequest request, Decision decision)
    {
        if (decision is not Decision.Allowed allowed)
        {
            return;
        }

        string[] authority = request.Authority.Split(':');
        int port = authority.Length > 1 ? int.Parse(authority[1], System.Globalization.CultureInfo.InvariantCulture) : request.Hop == AuthzHop.Web ? 443 : 80;
        NaiveEntry entry = Assert.Single(policy, entry => entry.Name == allowed.Entry);
        Assert.True(entry.Port == port && entry.Rank(authority[0]) is not null, "the entry is of another host or port");
        Assert.True(request.Hop == AuthzHop.Connect || entry.Allow.IsEmpty || entry.Allow.Any(rule => NaiveEvaluator.Covers(rule, request.Method, request.Path, isDeny: false)), "no rule covers it");
        Assert.Equal(request.Hop != AuthzHop.Connect && entry.Credential is not null, allowed.Injections.Length == 1);
    }

    private static string? Route(NaiveEntry[] policy, AuthzRequest request)
    {
        string[] authority = request.Authority.Split(':');
        string port = authority.Length > 1 ? authority[1] : request.Hop == AuthzHop.Web ? "443" : "80";
        return policy.Where(entry => $"{entry.Port}" == port && entry.Rank(authority[0]) is not null).MinBy(entry => entry.Rank(authority[0]))?.RouteName;
    }

    /// <summary>Null for the few policies that the validator refuses, such as a deny rule that leaves nothing of an allow rule.</summary>
    private static AuthzTable? Load(NaiveEntry[] policy) =>
        policy.Length == 0 ? AuthzTable.Empty : Questions.TryTable(string.Join('\n', policy.Select(entry => entry.Yaml)), out AuthzTable? table, out _) ? table : null;
}
