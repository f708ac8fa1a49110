// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Cagent.ControlPlane.Credentials;

namespace Cagent.ExtAuthz;

/// <summary>A header, or a parameter of the query, that carries a credential.</summary>
/// <param name="Header">Lower-case name; <c>:path</c> for a parameter.</param>
/// <param name="Format">The policy's text with one <c>{value}</c>.</param>
/// <param name="Value">What stands for <c>{value}</c>.</param>
public sealed record Injection(string Header, string Format, Secret Value)
{
    private const string Placeholder = "{value}";

    /// <summary>Which credential the value was read as; null when the store did not say.</summary>
    public CredentialDefinition? Definition { get; init; }

    /// <summary>
    /// Which parameter, and the path that it ends; null for a header. Envoy could set a parameter by itself, but puts the agent's in another
    /// order, and refuses what is percent-encoded while it checks what it is told (1.40).
    /// </summary>
    public InjectedParameter? Query { get; init; }

    /// <summary>The user's name of HTTP Basic authentication, whose password the filled format is; null for any other header.</summary>
    public string? Username { get; init; }

    /// <summary>
    /// Where in the request the value stands, for the proxy's search of the response: place, name, and how many characters before and behind
    /// the value belong to the format. Of <c>basic</c> they are counted in the decoded text, of <c>query</c> in the encoded one.
    /// </summary>
    public string Whereabouts
    {
        get
        {
            int at = Format.IndexOf(Placeholder, StringComparison.Ordinal);
            string before = Format[..at];
            string after = Format[(at + Placeholder.Length)..];
            return Query is { } query ? Outline("query", query.Name, Uri.EscapeDataString(before).Length, Uri.EscapeDataString(after).Length)
                : Username is { } user ? Outline("basic", Header, user.Length + 1 + before.Length, after.Length)
                : Outline("header", Header, before.Length, after.Length);
        }
    }

    /// <summary>What stands in the header in full, or the whole path with the credential percent-encoded in its query. Revealed for the answer to Envoy and nowhere else.</summary>
    public string Reveal()
    {
        string text = Format.Replace(Placeholder, Value.Reveal(), StringComparison.Ordinal);
        return Query is not null ? Query.Path(Uri.EscapeDataString(text))
            : Username is not null ? "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Username}:{text}"))
            : text;
    }

    private static string Outline(string place, string name, int before, int after) => string.Create(CultureInfo.InvariantCulture, $"{place} {name} {before} {after}");
}
