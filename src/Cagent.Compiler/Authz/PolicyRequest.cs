// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Authz;

/// <summary>One question to a policy, in the words that the decision needs and no more.</summary>
/// <param name="Agent">Who asks; null when nobody vouches for it.</param>
/// <param name="Way">How the request comes.</param>
/// <param name="Method">The method; not looked at for a tunnel.</param>
/// <param name="Authority">Host and perhaps port, as sent.</param>
/// <param name="Path">The path as it will be forwarded, with or without its query; not looked at for a tunnel.</param>
/// <param name="Upgrade">The Upgrade header, or null.</param>
/// <param name="BodyLength">The bytes of its body as far as they were announced, else 0: what is not announced is counted by the proxy.</param>
public readonly record struct PolicyRequest(string? Agent, RequestWay Way, string Method, string Authority, string Path, string? Upgrade = null, long BodyLength = 0);
