// SPDX-License-Identifier: Apache-2.0
namespace Cagent.EndToEnd.Tests.Interception;

/// <summary>The same without the lines of each leaf: thousands of handshakes would push them out of what a test keeps of the log.</summary>
public sealed class QuietLeafDeployment : LeafDeployment
{
    protected override string LogLevel => "information";
}
