// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Diagnostics;

/// <summary>The line that a diagnostic means. Pure.</summary>
public static class DiagnosticExcerpt
{
    /// <summary>
    /// The line with the word marked; null where there is none, and where it may hold a secret: in the block <c>credentials</c>, beside a
    /// <c>format</c> or a <c>use</c>, and where the file could not be read so far that the block is known.
    /// </summary>
    /// <param name="diagnostic">The diagnostic.</param>
    /// <param name="text">The text of its file.</param>
    public static SourceExcerpt? Of(Diagnostic diagnostic, string text)
    {
        ArgumentNullException.ThrowIfNull(diagnostic);
        return MayHoldSecret(diagnostic) ? null : SourceExcerpt.OfPolicy(text, diagnostic.Location);
    }

    private static bool MayHoldSecret(Diagnostic diagnostic) => diagnostic.KeyPath is null
        ? diagnostic.Code is not (DiagnosticCodes.YamlFeature or DiagnosticCodes.Tab or DiagnosticCodes.DuplicateKey or DiagnosticCodes.SeveralDocuments)
        : diagnostic.KeyPath.Contains("credential", StringComparison.Ordinal) || diagnostic.KeyPath.Contains("token", StringComparison.Ordinal);
}
