// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Language;

/// <summary>The keys of an entry of <c>domains</c>.</summary>
internal static class EntryKeys
{
    public static KeySet Tls { get; } = new(
        "tls", "How TLS is treated, with its own trust.",
        new("mode", new ChoiceShape<TlsMode>(("intercept", TlsMode.Intercept), ("passthrough", TlsMode.Passthrough)), "`intercept` opens TLS and judges each request; `passthrough` checks name and address only, and sees nothing else.")
        {
            Default = "`intercept`", Example = "intercept",
        },
        new("trusted_ca", TextShapes.Path, "Certificates in PEM that are trusted instead of the machine's public roots.") { Default = "the public roots", Example = "/etc/cagent/pki/internal.pem", Codes = [DiagnosticCodes.BadTrustedCa, DiagnosticCodes.UnreadableFile] });

    public static EitherShape TlsValue { get; } = new(Tls.Find("mode")!.Shape, new BlockShape(Tls));

    public static KeySet Entry { get; } = new(
        "domain", "One entry: a host and port, and what agents may do there. For each request exactly one entry decides.",
        new("domain", TextShapes.Host, "The host, or a wildcard: `*.` for one label, `**.` for any number; neither includes the name behind it. Quote it when it begins with `*`.")
        {
            IsRequired = true, Example = "api.github.com", Codes = [DiagnosticCodes.DuplicateEntry, DiagnosticCodes.AddressAsHost, DiagnosticCodes.MixedScripts, DiagnosticCodes.PrivateName],
        },
        new("port", new WholeShape(1, 65535, DiagnosticCodes.BadPort), "The one port of this entry; a second port is a second entry.") { Default = "443, or 80 with `scheme: http`", Example = "8443", Codes = [DiagnosticCodes.UnusualPort] },
        new("scheme", new ChoiceShape<Scheme>(("https", Scheme.Https), ("http", Scheme.Http)), "`http`: plain HTTP, as absolute-form requests to the proxy; such an entry opens no CONNECT.") { Default = "`https`", Example = "http", Codes = [DiagnosticCodes.TlsOverHttp] },
        new("allow", new ListShape(TextShapes.Rule), "What is allowed; what the list does not name is denied. An empty list is an error.") { Default = "everything", Example = "[\"GET,HEAD /repos/**\", \"POST /repos/acme/*/issues\"]", Codes = [DiagnosticCodes.UnreachableRule, DiagnosticCodes.DuplicateRule, DiagnosticCodes.EmptyAllow, DiagnosticCodes.CoveredRule] },
        new("deny", new ListShape(TextShapes.Rule), "What is denied, whatever `allow` says.") { Default = "nothing", Example = "[\"* /repos/acme/secrets/**\"]", Codes = [DiagnosticCodes.PointlessDeny] },
        new("read_only", new FlagShape(), "`true`: GET, HEAD and OPTIONS only. Not beside `allow`.") { Default = "`false`", Example = "true", Codes = [DiagnosticCodes.AllowBesideReadOnly] },
        new("credential", new BlockShape(CredentialKeys.Use), "The credential that is put in.") { Default = "none", Example = "{use: github, header: Authorization, format: \"Bearer {value}\"}" },
        new("tls", TlsValue, "A mode, or a mapping of mode and trust. Not with `scheme: http`.") { Default = "`defaults.tls`, else `intercept`", Example = "passthrough", Codes = [DiagnosticCodes.NotSeenInPassthrough] },
        new("addresses", new ListShape(TextShapes.AddressBlock), "Blocks of non-public addresses that the host may resolve to. Not on wildcards.") { Default = "public addresses only", Example = "[10.20.0.0/16]", Codes = [DiagnosticCodes.AddressNeverAllowed, DiagnosticCodes.LoopbackAddress, DiagnosticCodes.PublicAddress, DiagnosticCodes.AddressesOnWildcard] },
        new("timeout", new DurationShape(), "Time to the response headers. A stream that has begun is not cut by it. At most `idle_timeout`, which ends a request that waits in silence.") { Default = "`defaults.timeout`, else `30s`", Example = "5m" },
        new("idle_timeout", new DurationShape(), "Silence after which a request, a stream or a passed-through tunnel ends.") { Default = "`defaults.idle_timeout`, else `10m`", Example = "1h" },
        new("websocket", new FlagShape(), "`true` allows the upgrade, to the paths that the entry allows. Not on wildcards in this build.") { Default = "`false`", Example = "true" },
        new("enabled", new FlagShape(), "`false`: as if the entry were not there, but still checked for errors.") { Default = "`true`", Example = "false" },
        new("description", TextShapes.Any, "For people.") { Default = "none", Example = "The issue tracker." },
        new("rate_limit", new BlockShape(LimitKeys.RateLimit), "A bucket of requests for all paths and the alias together; requests that are denied take nothing from it.") { Feature = PolicyFeatures.RateLimits, Default = "`defaults.rate_limit`", Example = "{requests: 60, per: minute, burst: 10}" },
        new("max_request_body", new SizeShape(), "The largest body that an agent may send. Not with `tls: passthrough`.") { Feature = PolicyFeatures.BodyLimits, Default = "`defaults.max_request_body`", Example = "10MiB" },
        new("resilience", new BlockShape(LimitKeys.Resilience), "How the upstream is treated when it fails.") { Feature = PolicyFeatures.Resilience, Default = "`defaults.resilience`", Example = "{retries: 2, max_connections: 100, eject_after: 5}" },
        new("alias", new TextShape("one label of a host", @"^[^.\s*/@:]{1,63}$", DiagnosticCodes.BadAlias), "A second name of this same entry: `git` is `git.devbox.local`. Not on wildcards, nor with `tls: passthrough`.") { Feature = PolicyFeatures.Aliases, Default = "none", Example = "git" },
        new("expires_at", new MomentShape(), "From this moment on the entry is gone: new requests are denied and its tunnels cut, also while the file is broken or deleted.") { Feature = PolicyFeatures.Expiry, Default = "never", Example = "2027-03-01T00:00:00Z", Codes = [DiagnosticCodes.Expired] },
        new("dlp", new UnreadShape(), "What may not leave in a body.") { IsPlanned = true });
}
