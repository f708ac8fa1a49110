// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Web;

/// <summary>
/// gRPC-Web on an endpoint: browsers call the same services with the same handlers, unary and server-streaming. Immutable.
/// A request with an Origin that is not in the list is refused before it reaches a handler.
/// </summary>
/// <param name="AllowedOrigins">
/// The origins of the pages that may call, exactly as browsers send them, such as <c>https://console.example:8443</c>.
/// There is no wildcard. A page that this server's own address serves must stand here too.
/// </param>
public sealed record GrpcWebOptions(IReadOnlyList<string> AllowedOrigins)
{
    /// <summary>Whether pages may send cookies and client certificates. Default: false.</summary>
    public bool AllowCredentials { get; init; }

    /// <summary>How long a browser may remember the answer to a preflight. Default: 10 min.</summary>
    public TimeSpan PreflightMaxAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Whether the endpoint speaks HTTP/1.1: with TLS beside HTTP/2, in plain text instead of it, because there nothing negotiates
    /// (gRPC proper then needs an endpoint of its own). Default: true.
    /// </summary>
    public bool AllowHttp1 { get; init; } = true;

    /// <summary>Whether <see cref="AllowedOrigins"/> is well-formed.</summary>
    internal static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && text == uri.GetLeftPart(UriPartial.Authority)
        && uri.UserInfo.Length == 0;
}
