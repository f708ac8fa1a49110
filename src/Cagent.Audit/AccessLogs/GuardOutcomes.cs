// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Audit.AccessLogs;

/// <summary>What became of a response that held the credential of its request. The words of the proxy's script.</summary>
internal static class GuardOutcomes
{
    /// <summary>The credential was taken out of headers or trailers.</summary>
    public const string Redacted = "redacted";

    /// <summary>The response could not be looked through, and did not pass.</summary>
    public const string Failed = "failed";
}
