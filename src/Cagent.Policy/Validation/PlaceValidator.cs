// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges which keys of a <c>credential</c> belong to the place that it goes to.</summary>
internal sealed class PlaceValidator(DiagnosticBag bag)
{
    private const int MaxUsernameLength = 256;

    public void Validate(CredentialUseConfig config, CredentialPlace place)
    {
        if (place == CredentialPlace.Header && config.Header is null && config.Headers is null)
        {
            bag.Error(DiagnosticCodes.MissingKey, "the key \"header\" is missing", config.Location, $"{config.KeyPath}.header", "name the request header that carries it, such as Authorization");
        }
        else if (place == CredentialPlace.Query && config.Parameter is null)
        {
            bag.Error(DiagnosticCodes.MissingKey, "the key \"parameter\" is missing", config.Location, $"{config.KeyPath}.parameter", "name the parameter of the query that carries it, such as key");
        }

        Refuse(config.Header, "header", place, place == CredentialPlace.Header);
        Refuse(config.Headers?.As(""), "headers", place, place == CredentialPlace.Header);
        if (config.Headers is not null && (config.Header ?? config.Format) is { } one)
        {
            bag.Error(DiagnosticCodes.BadPlace, "\"headers\" names the headers and their formats", one.Location, one.KeyPath, "remove it");
        }

        Refuse(config.Format, "format", place, place is CredentialPlace.Header or CredentialPlace.Query);
        Refuse(config.Parameter, "parameter", place, place == CredentialPlace.Query);
        Refuse(config.Username, "username", place, place == CredentialPlace.Basic);
        Refuse(config.In?.As(""), "in", place, place != CredentialPlace.Signature);
        Refuse(config.Placeholder is { Value: true } placeholder ? placeholder.As("") : null, "placeholder", place, place != CredentialPlace.Signature);
        CheckParameter(config.Parameter);
        CheckUsername(config.Username);
    }

    private void CheckParameter(Located<string>? parameter)
    {
        if (parameter is not null && (parameter.Value.Length > 128 || parameter.Value.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '~'))))
        {
            bag.Error(DiagnosticCodes.BadPlace, "a parameter's name has letters, digits, '-', '_', '.' and '~'", parameter.Location, parameter.KeyPath);
        }
    }

    // RFC 7617: the colon ends the user's name.
    private void CheckUsername(Located<string>? username)
    {
        if (username is not null && (username.Value.Length > MaxUsernameLength || username.Value.Any(c => c is < ' ' or > '~' or ':')))
        {
            bag.Error(DiagnosticCodes.BadPlace, $"a user's name is at most {MaxUsernameLength} printable ASCII characters without ':'", username.Location, username.KeyPath);
        }
    }

    private void Refuse(Located<string>? key, string name, CredentialPlace place, bool belongs)
    {
        if (key is not null && !belongs)
        {
            string what = place switch
            {
                CredentialPlace.Query => "in: query",
                CredentialPlace.Basic => "in: basic",
                CredentialPlace.Signature => "a source that signs the request",
                _ => "in: header",
            };
            bag.Error(DiagnosticCodes.BadPlace, $"\"{name}\" says nothing with {what}", key.Location, key.KeyPath, "remove it");
        }
    }
}
