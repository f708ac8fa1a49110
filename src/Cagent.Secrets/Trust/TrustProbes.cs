// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;

namespace Cagent.Secrets.Trust;

/// <summary>The runtimes that the doctor knows. Each does what an agent would have it do, by its own TLS and its own search for roots.</summary>
internal static class TrustProbes
{
    private const string Seconds = "10";

    private const string JavaSource = """
        class Probe {
            public static void main(String[] arguments) throws Exception {
                var connection = (javax.net.ssl.HttpsURLConnection) new java.net.URL(arguments[0]).openConnection();
                connection.setConnectTimeout(10000);
                connection.setReadTimeout(10000);
                connection.getResponseCode();
            }
        }
        """;

    /// <summary>All of them.</summary>
    /// <param name="dotnet">A command to which a URL is added and that fetches it with .NET; empty when there is none.</param>
    public static ImmutableArray<TrustProbe> All(ImmutableArray<string> dotnet) =>
    [
        new("curl", ["curl"], to => ["-sS", "-o", "/dev/null", "--max-time", Seconds, to.Url], "CURL_CA_BUNDLE"),
        new("openssl", ["openssl"], to => ["s_client", "-quiet", "-connect", to.Authority, "-servername", ProbeTarget.Host, "-verify_hostname", ProbeTarget.Host, "-verify_return_error"], "SSL_CERT_FILE")
        {
            Input = to => $"GET /{to.Token}/ HTTP/1.0\r\n\r\n",
        },
        Python("python ssl", "urllib.request", "urllib.request.urlopen(url, timeout=10)", "SSL_CERT_FILE"),
        Python("python requests", "requests", "requests.get(url, timeout=10)", "REQUESTS_CA_BUNDLE"),
        Python("python httpx", "httpx", "httpx.get(url, timeout=10)", "SSL_CERT_FILE"),
        // requests, on which pip stands, puts its own variable before pip's.
        new("pip", ["pip3", "pip"], to => ["download", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--retries", "0", "--timeout", Seconds, "--index-url", to.Url, "cagent-doctor"], "PIP_CERT", "REQUESTS_CA_BUNDLE"),
        new("uv", ["uv"], to => ["pip", "install", "--dry-run", "--no-cache", "--target", "packages", "--index-url", to.Url, "cagent-doctor"], "SSL_CERT_FILE"),
        Node("node https", "require('https').get(process.argv[1], { timeout: 10000 }, () => process.exit(0)).on('error', e => { console.error(e.message); process.exit(1); })"),
        Node("node fetch", "fetch(process.argv[1]).then(() => process.exit(0), e => { console.error(String(e.cause ?? e)); process.exit(1); })"),
        // A cafile in some .npmrc replaces Node's roots and what is added to them.
        new("npm", ["npm"], to => ["ping", "--registry", to.Url, "--fetch-retries", "0"], "NODE_EXTRA_CA_CERTS", "NPM_CONFIG_CAFILE"),
        // The go command fetches modules with Go's own TLS, which every Go program has, and nothing needs to be compiled.
        new("go", ["go"], _ => ["list", "-m", "cagent.test/doctor@v1.0.0"], "SSL_CERT_FILE")
        {
            Environment = to => Variables(("GOPROXY", to.Url), ("GOFLAGS", "-mod=mod"), ("GONOSUMDB", "*"), ("GOTOOLCHAIN", "local")),
        },
        new("java", ["java"], to => ["Probe.java", to.Url], "JAVA_TOOL_OPTIONS") { Script = ("Probe.java", JavaSource) },
        new(".NET", ["dotnet"], to => [.. dotnet.Skip(1), to.Url], "SSL_CERT_FILE") { Instead = dotnet },
        new("git", ["git"], to => ["ls-remote", to.Url], "GIT_SSL_CAINFO") { Environment = _ => Variables(("GIT_TERMINAL_PROMPT", "0")) },
        new("cargo", ["cargo"], _ => ["search", "cagent-doctor", "--registry", "cagent-doctor"], "CARGO_HTTP_CAINFO")
        {
            Environment = to => Variables(("CARGO_REGISTRIES_CAGENT_DOCTOR_INDEX", "sparse+" + to.Url), ("CARGO_NET_RETRY", "0")),
        },
        // Debian's wget is built with GnuTLS, which reads no variable.
        new("wget", ["wget"], to => ["-q", "-O", "/dev/null", "--tries=1", "--timeout=" + Seconds, to.Url])
        {
            OtherFix = trust => ($"echo 'ca_certificate = {trust.Bundle}' >> ~/.wgetrc", ["--ca-certificate=" + trust.Bundle]),
        },
    ];

    private static TrustProbe Python(string runtime, string module, string call, string variable) => new(
        runtime, ["python3", "python"], to => ["-c", string.Create(CultureInfo.InvariantCulture, $"""
            import sys
            try:
                import {module}
            except ImportError:
                sys.exit({TrustProbe.LibraryMissing})
            url = sys.argv[1]
            {call}
            """), to.Url], variable);

    private static TrustProbe Node(string runtime, string script) => new(runtime, ["node"], to => ["-e", script, to.Url], "NODE_EXTRA_CA_CERTS");

    private static ImmutableDictionary<string, string> Variables(params (string Name, string Value)[] variables) =>
        variables.ToImmutableDictionary(one => one.Name, one => one.Value);
}
