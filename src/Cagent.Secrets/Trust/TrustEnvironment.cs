// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Secrets.Trust;

/// <summary>The environment with which the programs of an agent trust the CA and everything that they trusted before. Immutable.</summary>
/// <param name="Bundle">Cagent's CAs and the public roots, in PEM.</param>
/// <param name="Variables">In the order in which they are shown.</param>
public sealed record TrustEnvironment(string Bundle, ImmutableArray<TrustVariable> Variables)
{
    // These replace the program's roots by a file, hence the one that holds them all.
    private static readonly ImmutableArray<string> Replacing =
    [
        "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "PIP_CERT", "CARGO_HTTP_CAINFO", "AWS_CA_BUNDLE", "NPM_CONFIG_CAFILE",
    ];

    // These add a file's to the program's own.
    private static readonly ImmutableArray<string> Adding = ["NODE_EXTRA_CA_CERTS", "DENO_CERT"];

    /// <summary>For agents that find the bundles in a folder.</summary>
    public static TrustEnvironment Of(string folder)
    {
        string bundle = Path.Combine(folder, "ca.pem");
        string own = Path.Combine(folder, "interception-ca.pem");
        return new TrustEnvironment(bundle,
        [
            .. Replacing.Select(name => new TrustVariable(name, bundle, IsPath: true)),
            .. Adding.Select(name => new TrustVariable(name, own, IsPath: true)),
            new TrustVariable("JAVA_TOOL_OPTIONS", $"-Djavax.net.ssl.trustStore={Path.Combine(folder, "ca.jks")}", IsPath: false),
        ]);
    }
}
