// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Layers;

/// <summary>Replaces whole items by what stands in an overlay for the same host and port, or the same name, and adds the rest.</summary>
internal static class Overlay
{
    public static PolicyConfig Apply(PolicyConfig below, PolicyConfig above) => below with
    {
        Domains = Replace(below.Domains, above.Domains, KeyOf),
        Credentials = Replace(below.Credentials, above.Credentials, credential => credential.Name),
        HasAgents = below.HasAgents || above.HasAgents,
        Agents = Replace(below.Agents, above.Agents, agent => agent.Name?.Value),
    };

    // In the place of what it replaces, so that an overlay changes no order. Two of one key in the overlay both stay, to be refused.
    private static ImmutableArray<T> Replace<T>(ImmutableArray<T> below, ImmutableArray<T> above, Func<T, string?> keyOf)
        where T : class
    {
        ILookup<string, T> byKey = above.Where(item => keyOf(item) is not null).ToLookup(item => keyOf(item)!, StringComparer.Ordinal);
        HashSet<string> placed = new(StringComparer.Ordinal);
        List<T> result = [];
        foreach (T item in below)
        {
            string? key = keyOf(item);
            if (key is null || !byKey.Contains(key))
            {
                result.Add(item);
            }
            else if (placed.Add(key))
            {
                result.AddRange(byKey[key]);
            }
        }

        result.AddRange(above.Where(item => keyOf(item) is not { } key || !placed.Contains(key)));
        return [.. result];
    }

    private static string? KeyOf(DomainConfig domain)
    {
        if (domain.Domain is null || !HostPattern.TryParse(domain.Domain.Value, out HostPattern? host, out _))
        {
            return null;
        }

        int port = domain.Port?.Value ?? (domain.Scheme?.Value == Scheme.Http ? 80 : 443);
        return FormattableString.Invariant($"{host}:{port}");
    }
}
