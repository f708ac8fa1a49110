// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>How an OAuth 2.0 client sends its secret (RFC 6749 section 2.3.1).</summary>
public enum ClientAuthentication
{
    /// <summary>As HTTP Basic authentication, which every server takes: <c>client_secret_basic</c>.</summary>
    Basic,

    /// <summary>In the body: <c>client_secret_post</c>.</summary>
    Post,
}
