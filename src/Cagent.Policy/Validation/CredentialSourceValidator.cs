// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges the block <c>credentials</c>. No message repeats a value: people try to put secrets here.</summary>
internal sealed class CredentialSourceValidator(FilePaths paths, DiagnosticBag bag)
{
    private const int MaxNameLength = 64;

    public ImmutableArray<CredentialSource> Validate(ImmutableArray<CredentialConfig> credentials)
    {
        List<CredentialSource> sources = [];
        foreach (CredentialConfig credential in credentials)
        {
            bool hasName = IsName(credential.Name);
            if (!hasName)
            {
                bag.Error(
                    DiagnosticCodes.BadCredentialSource, $"a credential's name has 1 to {MaxNameLength} letters, digits, '-', '_' or '.' and begins with a letter or digit", credential.Location, "credentials");
            }

            CredentialSource? source = ReadSource(credential);
            if (hasName && source is not null)
            {
                sources.Add(source);
            }
        }

        return [.. sources];
    }

    private CredentialSource? ReadSource(CredentialConfig credential)
    {
        if (credential.Path is not null)
        {
            string? path = paths.Resolve(credential.Path, bag);
            return path is null ? null : new FileCredentialSource(credential.Name, credential.Location, path);
        }

        if (credential.Variable is not { } variable)
        {
            return null;
        }

        if (IsVariable(variable.Value))
        {
            return new EnvCredentialSource(credential.Name, credential.Location, variable.Value);
        }

        bag.Error(
            DiagnosticCodes.BadCredentialSource, "an environment variable's name has letters, digits and '_' and begins with no digit", variable.Location, variable.KeyPath, "write the name of the variable; the value never stands in this file");
        return null;
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= MaxNameLength && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static bool IsVariable(string text) =>
        text.Length is > 0 and <= 255 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
