// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Trust;

/// <summary>An environment variable by which some program trusts the CA.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">A file, or options.</param>
/// <param name="IsPath">False for options, which are put behind those that the variable already holds.</param>
public sealed record TrustVariable(string Name, string Value, bool IsPath)
{
    /// <summary>The whole value over what it was.</summary>
    public string ValueOver(string? now) =>
        IsPath || string.IsNullOrEmpty(now) || now == Value ? Value
        : now.Contains(Value, StringComparison.Ordinal) ? now
        : $"{now} {Value}";

    /// <summary>As an assignment for a POSIX shell.</summary>
    public string ToShell() => IsPath ? $"{Name}={Quote(Value)}" : $"{Name}=\"${{{Name}:+${Name} }}\"{Quote(Value)}";

    private static string Quote(string text) =>
        text.All(one => char.IsAsciiLetterOrDigit(one) || "/._-=:,@+".Contains(one, StringComparison.Ordinal)) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
