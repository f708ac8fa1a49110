// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Cagent.Compiler;
using Cagent.Compiler.Authz;
using Cagent.Policy;
using Google.Protobuf;

namespace Cagent.ExtAuthz.Tests;

/// <summary>Tables from policy text, and questions as Envoy asks them.</summary>
internal static class Questions
{
    public const string Agent = "anonymous";

    private static readonly CompilerInputs Inputs = new()
    {
        Listen = new IPEndPoint(IPAddress.Loopback, 3128),
        SystemResolvers = [new IPEndPoint(IPAddress.Loopback, 53)],
        PublicCa = ByteString.CopyFromUtf8("public roots"),
    };

    /// <summary>The table of a policy; <paramref name="domains"/> is the list under <c>domains</c>, the credentials known and missing are defined.</summary>
    public static AuthzTable Table(string domains)
    {
        Assert.True(TryTable(domains, out AuthzTable? table, out string problems), problems);
        return table;
    }

    /// <summary>The same, for a policy that may be refused.</summary>
    public static bool TryTable(string domains, [NotNullWhen(true)] out AuthzTable? table, out string problems, string credentials = "")
    {
        PolicyLoadResult loaded = PolicyLoader.Load(
            $"version: 1\ncredentials:\n  known: {{from: env, name: KNOWN}}\n  missing: {{from: env, name: MISSING}}\n{credentials}domains:\n{domains}\n", "cagent.yaml");
        problems = string.Join('\n', loaded.Diagnostics);
        table = loaded.Policy is null ? null : PolicyCompiler.Compile(loaded.Policy, Inputs).Authz;
        return table is not null;
    }

    /// <summary>A CONNECT from the agent's own side.</summary>
    public static AuthzRequest Connect(string authority, string? entry = null) => new()
    {
        Hop = AuthzHop.Connect,
        Entry = entry ?? authority,
        Source = Agent,
        RequestId = "r-1",
        Method = "CONNECT",
        Authority = authority,
        Path = "",
    };

    /// <summary>A request inside the tunnel to <c>host:443</c>, with every name the same.</summary>
    public static AuthzRequest Web(string host, string method = "GET", string path = "/", string? entry = null) => new()
    {
        Hop = AuthzHop.Web,
        Entry = entry ?? $"{host}:443",
        Agent = Agent,
        Connect = $"{host}:443",
        Sni = host,
        RequestId = "r-1",
        Method = method,
        Authority = host,
        Path = path,
    };

    /// <summary>A request in absolute form.</summary>
    public static AuthzRequest Plain(string authority, string method = "GET", string path = "/", string? entry = null) => new()
    {
        Hop = AuthzHop.Plain,
        Entry = entry ?? $"{authority}:80",
        Source = Agent,
        RequestId = "r-1",
        Method = method,
        Authority = authority,
        Path = path,
    };

    /// <summary>Asked by the route that the compiler makes of the entry.</summary>
    public static Decision Decide(AuthzTable? table, AuthzRequest request) => new DecisionEngine(new FixedCredentials()).Decide(OfTheRightRoute(request, table), table);

    /// <summary>As the route of an entry that injects asks: it says that it guards responses.</summary>
    public static AuthzRequest OfTheRightRoute(AuthzRequest request, AuthzTable? table) =>
        request.Hop != AuthzHop.Connect && table?.Entries.FirstOrDefault(entry => entry.Name == request.Entry) is { Credential: not null } entry ? request with { Entry = entry.GuardedId } : request;

    public static Decision.Allowed Allowed(AuthzTable table, AuthzRequest request)
    {
        Decision decision = Decide(table, request);
        return decision as Decision.Allowed ?? throw new Xunit.Sdk.XunitException($"denied: {decision}");
    }

    public static Decision.Denied Denied(AuthzTable? table, AuthzRequest request, DenyReason reason)
    {
        Decision.Denied denied = Assert.IsType<Decision.Denied>(Decide(table, request));
        Assert.Equal(reason, denied.Reason);
        return denied;
    }
}
