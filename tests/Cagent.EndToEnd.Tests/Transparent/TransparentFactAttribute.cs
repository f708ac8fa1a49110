// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using Cagent.TestKit.NetworkNamespaces;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Transparent;

/// <summary>A test that needs Envoy, network namespaces and nft: skipped with the reason where one is missing, unless <c>CAGENT_REQUIRE</c> contains <c>netns</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TransparentFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Rules = new(ProbeRules);

    public TransparentFactAttribute() => Skip = UnavailableReason;

    /// <summary>Why the tests cannot run here; null when they can, or must.</summary>
    public static string? UnavailableReason =>
        (EnvoyBinary.IsRequired() || EnvoyBinary.Find().Path is not null ? null : EnvoyBinary.Find().Reason)
        ?? (EnvoyBinary.IsRequired("netns") ? null : NetworkNamespace.UnavailableReason ?? Rules.Value);

    private static string? ProbeRules()
    {
        try
        {
            using NetworkNamespace space = NetworkNamespace.Create();
            space.Run("table inet probe { chain c { type nat hook prerouting priority dstnat; tcp dport 1 redirect to :2; }; }", "nft", ["-f", "-"]);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            return $"nft cannot load rules here (Debian: apt-get install nftables): {e.Message}";
        }
    }
}
