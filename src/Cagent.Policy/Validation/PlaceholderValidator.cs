// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges <c>placeholder</c> and <c>placeholder_format</c>.</summary>
internal sealed class PlaceholderValidator(DiagnosticBag bag)
{
    // Twenty of 62 characters are 119 bits: nobody finds another agent's by trying.
    private const int MinLength = 20;
    private const int MaxLength = 200;
    private const int MaxFixed = 64;

    public void Validate(EntryContext context, CredentialUseConfig credential)
    {
        if (credential.Placeholder is { Value: true } placeholder && context.Scheme == Scheme.Http)
        {
            // Who asks in clear is known only after the proxy has looked at the request; and everybody on the way would see the value.
            bag.Error(DiagnosticCodes.BadPlace, "a placeholder wants https", placeholder.Location, placeholder.KeyPath, "remove it, or use https");
        }

        if (credential.PlaceholderFormat is not { } format)
        {
            return;
        }

        if (credential.Placeholder is not { Value: true })
        {
            bag.Error(DiagnosticCodes.BadPlace, "\"placeholder_format\" says nothing without \"placeholder: true\"", format.Location, format.KeyPath, "add that, or remove it");
        }
        else if (!IsFormat(format.Value))
        {
            bag.Error(
                DiagnosticCodes.BadPlace, $"the format is not one number from {MinLength} to {MaxLength} in braces among at most {MaxFixed} letters, digits, '-', '_', '.' and '~'",
                format.Location, format.KeyPath, "write such as \"ghp_{36}\"");
        }
    }

    private static bool IsFormat(string format)
    {
        int open = format.IndexOf('{', StringComparison.Ordinal);
        int close = format.IndexOf('}', StringComparison.Ordinal);
        if (open < 0 || close < open || format.Length - (close - open + 1) > MaxFixed)
        {
            return false;
        }

        return int.TryParse(format.AsSpan(open + 1, close - open - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length is >= MinLength and <= MaxLength
            && string.Concat(format.AsSpan(0, open), format.AsSpan(close + 1)).All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~');
    }
}
