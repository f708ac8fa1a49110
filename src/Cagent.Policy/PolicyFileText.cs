// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Cagent.Policy;

/// <summary>The text of one file of a policy, or why there is none.</summary>
/// <param name="Text">The text; null exactly when there is a problem.</param>
/// <param name="Problem">In words that follow the file's name, such as <c>does not exist</c>.</param>
public readonly record struct PolicyFileText(string? Text, string? Problem)
{
    /// <summary>The text of a file's bytes. What is not UTF-8 becomes U+FFFD, which the loader reports with its place.</summary>
    public static PolicyFileText FromBytes(ReadOnlySpan<byte> bytes) => new(Encoding.UTF8.GetString(bytes), null);

    /// <summary>A file that cannot be read.</summary>
    public static PolicyFileText Unreadable(string problem) => new(null, problem);
}
