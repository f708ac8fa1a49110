// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Warns of hosts and ports that are valid and yet hardly what is meant.</summary>
internal sealed class NameAdvice(DiagnosticBag bag)
{
    // RFC 6761, 6762, 8375 and 9476, ICANN's reservation of .internal, and what offices use.
    private static readonly string[] PrivateSuffixes =
        ["localhost", "local", "internal", "home.arpa", "lan", "home", "corp", "intranet", "private", "localdomain", "cluster.local", "alt"];

    private static readonly IdnMapping Mapping = new() { AllowUnassigned = true };

    public void Report(EntryContext context, Port port)
    {
        if (context is not { Host: { } host, Config.Domain: { } domain })
        {
            return;
        }

        ReportScripts(host, domain);
        ReportPort(context, port, domain);
        if (context.Config.Addresses is null && IsPrivate(host.Suffix))
        {
            bag.Warning(
                DiagnosticCodes.PrivateName, "the name is private, so its addresses will be too, and without \"addresses\" every request is denied", domain.Location, domain.KeyPath,
                host.IsWildcard ? "write an entry with addresses for each host" : "add addresses: [10.0.0.0/8], or whatever block holds it");
        }
    }

    private static bool IsPrivate(HostName host)
    {
        if (host.IsAddress || !host.Value.Contains('.', StringComparison.Ordinal))
        {
            return !host.IsAddress;
        }

        foreach (string suffix in PrivateSuffixes)
        {
            if (host.Value.EndsWith(suffix, StringComparison.Ordinal) && (host.Value.Length == suffix.Length || host.Value[^(suffix.Length + 1)] == '.'))
            {
                return true;
            }
        }

        return false;
    }

    private void ReportPort(EntryContext context, Port port, Located<string> domain)
    {
        (string? problem, string hint) = (context.Scheme, port.Value) switch
        {
            (Scheme.Http, 443) => ("port 443 speaks TLS nearly everywhere, and this entry speaks plain HTTP to it", "remove scheme: http, or name the other port"),
            (Scheme.Https, 80) => ("port 80 speaks plain HTTP nearly everywhere, and this entry speaks TLS to it", "write scheme: http, or remove the port"),
            _ => (null, ""),
        };
        if (problem is not null)
        {
            bag.Warning(DiagnosticCodes.UnusualPort, problem, context.Config.Port?.Location ?? domain.Location, context.Config.Port?.KeyPath ?? domain.KeyPath, hint);
        }
    }

    private void ReportScripts(HostPattern host, Located<string> domain)
    {
        if (!host.Suffix.Value.Contains("xn--", StringComparison.Ordinal))
        {
            return;
        }

        foreach (string label in host.Suffix.Value.Split('.').Where(label => label.StartsWith("xn--", StringComparison.Ordinal)))
        {
            string? name = ScriptMix.Describe(Decode(label));
            if (name is not null)
            {
                bag.Warning(DiagnosticCodes.MixedScripts, $"the label {label} {name}, so it can pass for another name", domain.Location, domain.KeyPath, "make sure that this is the name you mean");
            }
        }
    }

    private static string Decode(string label)
    {
        try
        {
            return Mapping.GetUnicode(label);
        }
        catch (ArgumentException)
        {
            // IdnMapping has no Try form; what it cannot decode nobody is shown either.
            return "";
        }
    }
}
