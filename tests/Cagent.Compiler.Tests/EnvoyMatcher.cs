// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Envoy.Config.Route.V3;

namespace Cagent.Compiler.Tests;

/// <summary>How Envoy finds a route by authority alone: requests without upgrade, with a path below "/".</summary>
internal sealed class EnvoyMatcher
{
    private readonly Dictionary<string, VirtualHost> _exact = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Suffix, VirtualHost Host)> _suffixes = [];
    private readonly VirtualHost _rest;

    public EnvoyMatcher(RouteConfiguration routes)
    {
        // Envoy refuses a configuration in which a name stands twice.
        Assert.Equal(routes.VirtualHosts.Count, routes.VirtualHosts.Select(host => host.Name).Distinct().Count());
        string[] domains = [.. routes.VirtualHosts.SelectMany(host => host.Domains)];
        Assert.Equal(domains.Length, domains.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        foreach (VirtualHost host in routes.VirtualHosts)
        {
            foreach (string domain in host.Domains)
            {
                if (domain.StartsWith("*.", StringComparison.Ordinal))
                {
                    _suffixes.Add((domain[1..], host));
                }
                else
                {
                    _exact[domain] = host;
                }
            }
        }

        _rest = _exact["*"];
    }

    /// <summary>The name of the route, or null when nothing or a direct response answers.</summary>
    public string? Find(string authority, bool isConnect) => FindRoute(authority, isConnect, agent: null)?.Name;

    /// <summary>The route for an agent, or null when nothing or a direct response answers.</summary>
    public Route? FindRoute(string authority, bool isConnect, string? agent)
    {
        VirtualHost host = _exact.GetValueOrDefault(authority)
            ?? _suffixes.Where(one => authority.Length > one.Suffix.Length && authority.EndsWith(one.Suffix, StringComparison.OrdinalIgnoreCase))
                .OrderByDescending(one => one.Suffix.Length).Select(one => one.Host).FirstOrDefault()
            ?? _rest;
        Route? route = host.Routes.FirstOrDefault(route => Matches(route.Match, authority, isConnect)
            && route.Match.FilterState.All(state => state.Key == "cagent.agent" && state.StringMatch.Exact == agent));
        return route?.Route_ is null ? null : route;
    }

    // A prefix matches no CONNECT, which has no path; safe_regex matches the whole value.
    private static bool Matches(RouteMatch match, string authority, bool isConnect) =>
        (match.PathSpecifierCase == RouteMatch.PathSpecifierOneofCase.ConnectMatcher) == isConnect
        && match.Headers.All(header => header.Name == ":authority"
            && Regex.IsMatch(authority, $"^(?:{header.StringMatch.SafeRegex.Regex})$", RegexOptions.None, TimeSpan.FromSeconds(1)));
}
