// SPDX-License-Identifier: Apache-2.0

namespace Cagent.Policy;

/// <summary>Turns the text of a policy file into a validated policy or the full list of what is wrong with it. Pure.</summary>
public static class PolicyLoader
{
    /// <summary>Reads and validates a policy text.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">The file's name for diagnostics and, unless the options say otherwise, for relative paths.</param>
    /// <param name="options">How to read it; null means the defaults.</param>
    public static PolicyLoadResult Load(string text, string file, PolicyLoadOptions? options = null) => throw new NotSupportedException();
}
