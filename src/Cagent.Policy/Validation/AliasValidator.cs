// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges <c>alias</c>: one label, which becomes a name below <see cref="Suffix"/>.</summary>
internal sealed class AliasValidator(DiagnosticBag bag)
{
    /// <summary>Where aliases live.</summary>
    public const string Suffix = "devbox.local";

    public HostName? Validate(EntryContext context)
    {
        if (context.Config.Alias is not { } written)
        {
            return null;
        }

        if (context.IsWildcard)
        {
            return Refuse(written, "a wildcard has no second name", "write an entry for the one host");
        }

        if (written.Value.Contains('.', StringComparison.Ordinal) || !HostName.TryParsePolicyText($"{written.Value}.{Suffix}", out HostName? alias, out _))
        {
            return Refuse(written, "an alias is one label of letters, digits and '-'", $"write such as git, for git.{Suffix}");
        }

        return alias;
    }

    private HostName? Refuse(Located<string> alias, string problem, string hint)
    {
        bag.Error(DiagnosticCodes.BadAlias, problem, alias.Location, alias.KeyPath, hint);
        return null;
    }
}
