// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.NetworkNamespaces;

/// <summary>Runs <c>ip</c> of iproute2.</summary>
internal static class IpCommand
{
    /// <summary>Runs to the end; <see cref="InvalidOperationException"/> with what it said when it fails.</summary>
    public static void Run(params string[] arguments) => SystemCommand.Run("ip", arguments);
}
