// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges URLs to which a secret is sent.</summary>
internal sealed class UrlReader(DiagnosticBag bag)
{
    /// <summary>The URL; null when there is none or after reporting it. Over plain HTTP only this machine is reached, where the policy says so.</summary>
    public Uri? Read(Located<string>? text, bool acceptsLoopback)
    {
        if (text is null)
        {
            return null;
        }

        bool isUrl = Uri.TryCreate(text.Value, UriKind.Absolute, out Uri? url) && url.Scheme is "https" or "http";
        string? problem = !isUrl ? "is no absolute https URL"
            : url!.UserInfo.Length > 0 ? "has user-info; a secret never stands in this file"
            : url.Fragment.Length > 0 ? "has a fragment"
            : url.Scheme == "http" && !(acceptsLoopback && url.IsLoopback) ? "would send a secret in clear"
            : null;
        if (problem is null)
        {
            return url;
        }

        bag.Error(DiagnosticCodes.BadUrl, $"the URL {problem}", text.Location, text.KeyPath, "write such as https://login.example.com/token");
        return null;
    }
}
