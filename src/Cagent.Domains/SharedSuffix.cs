// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;

namespace Cagent.Domains;

/// <summary>
/// Suffixes below which anybody can get a name: a wildcard over one admits the attacker's own host. The public suffix list, and a few
/// services that are not in it.
/// </summary>
internal static class SharedSuffix
{
    private static readonly FrozenSet<string> Tenants = FrozenSet.Create(
        StringComparer.Ordinal,
        "amplifyapp.com", "azureedge.net", "azurefd.net", "b-cdn.net", "blob.core.windows.net", "cloudapp.azure.com", "digitaloceanspaces.com",
        "elb.amazonaws.com", "execute-api.amazonaws.com", "file.core.windows.net", "firebaseio.com", "gitbook.io", "hf.space", "lhr.life",
        "loca.lt", "localtunnel.me", "ngrok.app", "ngrok.dev", "ngrok-free.app", "ngrok-free.dev", "nip.io", "on.aws", "railway.app",
        "replit.app", "replit.dev", "serveo.net", "sslip.io", "storage.googleapis.com", "surge.sh", "trafficmanager.net",
        "web.core.windows.net", "webflow.io", "wordpress.com", "xip.io");

    // In the list so that browsers keep cookies apart; the names directly below are the operator's own, and no customer's.
    private static readonly FrozenSet<string> OfOneOperator = FrozenSet.Create(StringComparer.Ordinal, "githubusercontent.com", "googleapis.com");

    private static readonly FrozenSet<string> AboveTenants =
        Tenants.SelectMany(Ancestors).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The problem of a wildcard over <paramref name="suffix"/>, or null.</summary>
    public static string? FindProblem(HostPatternKind kind, HostName suffix)
    {
        if (suffix.IsAddress)
        {
            return "puts a wildcard before an address";
        }

        if (PublicSuffixes.Bundled.IsPublic(suffix.Value))
        {
            return "is too wide: anybody can register a name below a public suffix";
        }

        bool isShared = (PublicSuffixes.Bundled.IsShared(suffix.Value) && !OfOneOperator.Contains(suffix.Value))
            || Tenants.Contains(suffix.Value) || IsAmazonService(suffix.Value.Split('.'));
        if (isShared)
        {
            return "is too wide: anybody can get a name below this shared suffix";
        }

        return kind == HostPatternKind.AnyDepth && (PublicSuffixes.Bundled.IsAboveAnother(suffix.Value) || AboveTenants.Contains(suffix.Value))
            ? "is too wide: it reaches below a shared suffix, where anybody can get a name; \"*.\" takes one label only"
            : null;
    }

    private static IEnumerable<string> Ancestors(string suffix)
    {
        for (int dot = suffix.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = suffix.IndexOf('.', dot + 1))
        {
            yield return suffix[(dot + 1)..];
        }
    }

    // Tenants of S3, API Gateway, load balancers and Lambda URLs have the region inside the suffix, and regions come faster than lists.
    private static bool IsAmazonService(string[] labels)
    {
        bool isRegional = labels is [_, _, "amazonaws", "com"] or [_, _, "on", "aws"] or [_, "amazonaws", "com"] or [_, _, "amazonaws", "com", "cn"];
        return (isRegional && (labels[0] is "s3" or "elb" or "execute-api" or "lambda-url" || labels[0].StartsWith("s3-", StringComparison.Ordinal)))
            || (labels is [_, "elb", "amazonaws", "com"]);
    }
}
