// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges how agents are recognised. What two agents could both claim is an error: which policy holds would be chance.</summary>
internal sealed class IdentityValidator(CredentialSourceValidator sources, DiagnosticBag bag)
{
    private const int MaxTokens = 2;

    public AgentIdentity? Validate(IdentityConfig? config, AgentName? name)
    {
        if (config is null)
        {
            return null;
        }

        if (!config.NamesAnything)
        {
            bag.Error(DiagnosticCodes.BadIdentity, "the identity names nothing to recognise the agent by", config.Location, config.KeyPath, "write token, container_label, source, spiffe or listener");
        }

        if (config.Token is { } token && name is { IsPrefix: true })
        {
            bag.Error(DiagnosticCodes.BadIdentity, "one token cannot tell the agents of a prefix apart", token.Location, token.KeyPath, "write one agent for each token, or recognise them by container_label or spiffe");
        }

        CheckSpiffe(config.Spiffe);
        CheckListener(config.Listener);
        CheckLabels(config);
        return new AgentIdentity(config.Location)
        {
            Tokens = ReadTokens(config, name),
            ContainerLabels = config.ContainerLabels.ToImmutableSortedDictionary(label => label.Name, label => label.Value.Value, StringComparer.Ordinal),
            Sources = [.. (config.Source?.Value ?? []).Select(ReadSource).OfType<AddressRange>().Distinct()],
            Spiffe = config.Spiffe?.Value,
            Listener = config.Listener?.Value,
        };
    }

    public void ReportAmbiguous(List<PolicyAgent> agents)
    {
        for (int i = 0; i < agents.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (CanBeBoth(agents[i].Identity, agents[j].Identity))
                {
                    bag.Error(
                        DiagnosticCodes.AmbiguousIdentity, $"whoever is recognised here can also be the agent {agents[j].Name} in {Places.Of(agents[j].Location, agents[i].Location)}",
                        agents[i].Identity.Location, null, "let at least one thing differ that both name: the token, the addresses, the labels, the SPIFFE ID or the listener");
                    break;
                }
            }
        }
    }

    private ImmutableArray<CredentialSource> ReadTokens(IdentityConfig config, AgentName? name)
    {
        if (config.Token is not { } written)
        {
            return [];
        }

        ImmutableArray<CredentialSource> tokens = [.. written.Value.Select(token => sources.Validate(token, $"agents.{name?.Text}.token", config.Location)).OfType<CredentialSource>()];
        string? problem = written.Value.Length > MaxTokens ? $"an agent has at most {MaxTokens} tokens, the old and the new one"
            : tokens is [{ } first, { } second] && IsSameToken(first, second) ? "both tokens come from the same place"
            : null;
        if (problem is not null)
        {
            bag.Error(DiagnosticCodes.BadIdentity, problem, written.Location, written.KeyPath, "write [OLD, NEW], and NEW alone once every client has it");
        }

        return tokens;
    }

    // Who is told by different things is told in the order of the file. Two tokens from different places are two tokens.
    private static bool CanBeBoth(AgentIdentity left, AgentIdentity right) => ShareAKind(left, right)
        && !(left.Tokens.Length > 0 && right.Tokens.Length > 0 && !left.Tokens.Any(token => right.Tokens.Any(other => IsSameToken(token, other))))
        && !(left.Listener is not null && right.Listener is not null && left.Listener != right.Listener)
        && !(left.Spiffe is not null && right.Spiffe is not null && !Overlap(left.Spiffe, right.Spiffe))
        && !(left.Sources.Length > 0 && right.Sources.Length > 0 && !left.Sources.Any(range => right.Sources.Any(range.Overlaps)))
        && !left.ContainerLabels.Any(label => right.ContainerLabels.TryGetValue(label.Key, out string? value) && !Overlap(label.Value, value));

    private static bool ShareAKind(AgentIdentity left, AgentIdentity right) =>
        (left.Tokens.Length > 0 && right.Tokens.Length > 0)
        || (left.Listener is not null && right.Listener is not null)
        || (left.Spiffe is not null && right.Spiffe is not null)
        || (left.Sources.Length > 0 && right.Sources.Length > 0)
        || left.ContainerLabels.Keys.Any(right.ContainerLabels.ContainsKey);

    private static bool IsSameToken(CredentialSource left, CredentialSource right) => (left, right) switch
    {
        (EnvCredentialSource a, EnvCredentialSource b) => a.Variable == b.Variable,
        (FileCredentialSource a, FileCredentialSource b) => a.Path == b.Path,
        _ => false,
    };

    private static bool Overlap(string left, string right)
    {
        string shorter = left.Length <= right.Length ? left : right;
        string longer = left.Length <= right.Length ? right : left;
        return left == right
            || (shorter.EndsWith('*') && longer.StartsWith(shorter[..^1], StringComparison.Ordinal))
            || (longer.EndsWith('*') && shorter.StartsWith(longer[..^1], StringComparison.Ordinal));
    }

    private AddressRange? ReadSource(Located<string> text)
    {
        string block = text.Value.Contains('/', StringComparison.Ordinal) ? text.Value : $"{text.Value}/{(text.Value.Contains(':', StringComparison.Ordinal) ? 128 : 32)}";
        if (AddressRange.TryParse(block, out AddressRange? range, out string? problem) && range.PrefixLength > 0)
        {
            return range;
        }

        bag.Error(DiagnosticCodes.BadIdentity, $"the source {problem ?? "is every address"}", text.Location, text.KeyPath, "write such as 172.20.0.7 or 172.20.0.0/24");
        return null;
    }

    private void CheckSpiffe(Located<string>? spiffe)
    {
        if (spiffe is null)
        {
            return;
        }

        const string Scheme = "spiffe://";
        string rest = spiffe.Value.StartsWith(Scheme, StringComparison.Ordinal) ? spiffe.Value[Scheme.Length..] : "";
        string[] parts = rest.Split('/');
        bool isId = spiffe.Value.Length <= 2048 && parts.Length >= 2
            && parts[0].Length > 0 && parts[0].All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')
            && parts[1..^1].Append(parts[^1] == "*" && parts.Length > 2 ? "any" : parts[^1]).All(IsSegment);
        if (!isId)
        {
            bag.Error(DiagnosticCodes.BadIdentity, "this is no SPIFFE ID", spiffe.Location, spiffe.KeyPath, "write such as spiffe://example.org/agents/ci, or spiffe://example.org/agents/* for one more segment");
        }
    }

    private static bool IsSegment(string text) => text.Length > 0 && text is not ("." or "..") && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private void CheckListener(Located<string>? listener)
    {
        if (listener is not null && (listener.Value.Length > 63 || !listener.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
        {
            bag.Error(DiagnosticCodes.BadIdentity, "a listener's name has up to 63 letters, digits, '-' and '_'", listener.Location, listener.KeyPath);
        }
    }

    private void CheckLabels(IdentityConfig config)
    {
        foreach (NamedText label in config.ContainerLabels)
        {
            string value = label.Value.Value;
            if (value.TrimEnd('*').Length == 0 || value[..^1].Contains('*', StringComparison.Ordinal))
            {
                bag.Error(DiagnosticCodes.BadIdentity, "a label's value is text, or text and one '*' at its end", label.Value.Location, label.Value.KeyPath, "write such as research-*");
            }
        }
    }
}
