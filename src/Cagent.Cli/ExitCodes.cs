// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Cli;

/// <summary>The exit codes of the offline commands; each command's help says which it uses.</summary>
internal static class ExitCodes
{
    /// <summary>Yes: it loads, is allowed, passes, or reaches no further.</summary>
    public const int Ok = 0;

    /// <summary>The question has no answer: a file cannot be read, a policy is invalid, the arguments are wrong.</summary>
    public const int Error = 1;

    /// <summary>No: it is denied, a test fails, or the new policy is narrower.</summary>
    public const int No = 2;

    /// <summary>The new policy is wider.</summary>
    public const int Wider = 3;
}
