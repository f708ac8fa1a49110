// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;

namespace Cagent.EndToEnd.Tests.Differential;

/// <summary>One request, as bytes for the proxy and as a question for the evaluator.</summary>
internal sealed record GeneratedRequest(string Method, string Scheme, string Authority, string Path)
{
    private string Url => Scheme.Length == 0 ? Authority : $"{Scheme}://{Authority}{Path}";

    /// <summary>The request on a connection to the proxy, or inside a tunnel.</summary>
    public string Text => $"{Method} {(Scheme == "https" ? Path : Url)} HTTP/1.1\r\nhost: {Authority}\r\n"
        + (Method is "POST" or "PUT" or "PATCH" ? "content-length: 0\r\n" : "") + "\r\n";

    /// <summary><c>allowed</c>, or the reason as the proxy names it.</summary>
    public string Expect(AuthzTable table)
    {
        Assert.True(AgentRequest.TryParse(Method, Url, out AgentRequest? request, out string? problem), $"{this}: {problem}");
        PolicyDecision decision = PolicyEvaluator.Evaluate(table, request);
        return decision.IsAllowed ? "allowed" : decision.Reason?.WireName() ?? "bad_request";
    }

    public override string ToString() => $"{Method} {Url}";
}
