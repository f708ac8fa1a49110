// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;

namespace Cagent.Domains;

/// <summary>
/// Suffixes below which anybody can register a name: a wildcard over one admits the attacker's own host. A built-in list of the
/// common ones, and two rules that cover the bulk of the public suffix list (one label; com.xx, co.xx and their like).
/// </summary>
internal static class SharedSuffix
{
    private static readonly FrozenSet<string> RegistryLabels = FrozenSet.Create(
        StringComparer.Ordinal, "ac", "co", "com", "edu", "gob", "gouv", "gov", "ltd", "me", "mil", "ne", "net", "nom", "or", "org", "plc", "sch");

    private static readonly FrozenSet<string> Tenants = FrozenSet.Create(
        StringComparer.Ordinal,
        "amplifyapp.com", "appspot.com", "azureedge.net", "azurefd.net", "azurestaticapps.net", "azurewebsites.net", "b-cdn.net",
        "blob.core.windows.net", "blogspot.com", "cloudapp.azure.com", "cloudapp.net", "cloudfront.net", "cloudfunctions.net",
        "codeberg.page", "deno.dev", "digitaloceanspaces.com", "duckdns.org", "dyndns.org", "elasticbeanstalk.com",
        "elb.amazonaws.com", "execute-api.amazonaws.com", "file.core.windows.net", "firebaseapp.com", "firebaseio.com", "fly.dev",
        "ghost.io", "gitbook.io", "github.io", "gitlab.io", "glitch.me", "herokuapp.com", "hf.space", "localtunnel.me", "loca.lt",
        "lhr.life", "myshopify.com", "netlify.app", "ngrok.app", "ngrok.dev", "ngrok.io", "ngrok-free.app", "ngrok-free.dev",
        "nip.io", "no-ip.org", "ondigitalocean.app", "on.aws", "onrender.com", "pages.dev", "r2.dev", "railway.app", "readthedocs.io",
        "replit.app", "replit.dev", "repl.co", "run.app", "s3.amazonaws.com", "serveo.net", "sslip.io", "storage.googleapis.com",
        "streamlit.app", "supabase.co", "surge.sh", "trafficmanager.net", "trycloudflare.com", "ts.net", "vercel.app", "web.app",
        "web.core.windows.net", "webflow.io", "wixsite.com", "wordpress.com", "workers.dev", "xip.io");

    /// <summary>The problem of a wildcard over <paramref name="suffix"/>, or null.</summary>
    public static string? FindProblem(HostPatternKind kind, HostName suffix)
    {
        if (suffix.IsAddress)
        {
            return "puts a wildcard before an address";
        }

        string[] labels = suffix.Value.Split('.');
        if (labels.Length == 1 || (labels.Length == 2 && labels[1].Length == 2 && RegistryLabels.Contains(labels[0])))
        {
            return "is too wide: anybody can register a name below a public suffix";
        }

        bool isShared = Tenants.Contains(suffix.Value) || IsAmazonService(labels)
            || (kind == HostPatternKind.AnyDepth && Tenants.Any(tenant => tenant.EndsWith("." + suffix.Value, StringComparison.Ordinal)));
        return isShared ? "is too wide: anybody can get a name below this shared suffix" : null;
    }

    // Tenants of S3, API Gateway, load balancers and Lambda URLs have the region inside the suffix.
    private static bool IsAmazonService(string[] labels)
    {
        bool isRegional = labels is [_, _, "amazonaws", "com"] or [_, _, "on", "aws"] or [_, "amazonaws", "com"] or [_, _, "amazonaws", "com", "cn"];
        return (isRegional && (labels[0] is "s3" or "elb" or "execute-api" or "lambda-url" || labels[0].StartsWith("s3-", StringComparison.Ordinal)))
            || (labels is [_, "elb", "amazonaws", "com"]);
    }
}
