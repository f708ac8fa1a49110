// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ExtAuthz;

/// <summary>A parameter of the query that carries a credential.</summary>
/// <param name="Rest">The agent's path and query, without any parameter of that name.</param>
/// <param name="Name">The parameter; needs no encoding.</param>
public sealed record InjectedParameter(string Rest, string Name)
{
    /// <summary>The path to send.</summary>
    /// <param name="value">The value, percent-encoded.</param>
    public string Path(string value) => $"{Rest}{(Rest.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Name}={value}";
}
