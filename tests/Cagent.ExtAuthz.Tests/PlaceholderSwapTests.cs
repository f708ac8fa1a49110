// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Compiler.Authz;
using Cagent.ControlPlane.Credentials;
using Cagent.Policy.Model;

namespace Cagent.ExtAuthz.Tests;

/// <summary>A credential goes in only for the placeholder of this agent, in the place that the policy names.</summary>
public sealed class PlaceholderSwapTests
{
    private const string Host = "api.example.com";

    private static readonly Placeholders Ours = new(new byte[32]);

    [Theory]
    [InlineData("Bearer {0}", true)]
    [InlineData("bearer {0}", true)]
    [InlineData("{0}", false)]
    [InlineData("Bearer  {0}", false)]
    [InlineData("Bearer {0} ", false)]
    [InlineData("Bearer {0}x", false)]
    [InlineData("Bearer {0},Bearer {0}", false)]
    [InlineData("Bearer {0}\tBearer {0}", false)]
    [InlineData("Bearer", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Decide_Header_IsSwappedForThePlaceholderAlone(string? sent, bool isSwapped) =>
        Check("header: Authorization, format: \"Bearer {value}\"", (request, placeholder) => request with { Presented = Presented(sent, placeholder) }, isSwapped ? ["authorization"] : []);

    [Theory]
    [InlineData("robot:{0}", true)]
    [InlineData(":{0}", true)]
    [InlineData("x-access-token:{0}", true)]
    [InlineData("{0}", false)]
    [InlineData("{0}:", false)]
    [InlineData("robot:{0}:", false)]
    [InlineData("robot:x{0}", false)]
    public void Decide_Password_IsSwappedInsideTheEncoding(string pair, bool isSwapped) => Check(
        "in: basic, username: robot",
        (request, placeholder) => request with { Presented = new Secret("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(Filled(pair, placeholder)))) }, isSwapped ? ["authorization"] : []);

    [Theory]
    [InlineData("Basic {0}")]
    [InlineData("Bearer {0}")]
    [InlineData("Basic")]
    [InlineData("Basic ====")]
    public void Decide_PasswordThatIsNoPair_IsDenied(string sent) =>
        Check("in: basic", (request, placeholder) => request with { Presented = Presented(sent, placeholder) }, []);

    [Theory]
    [InlineData("?a=1&key={0}", true)]
    [InlineData("?key={0}&key={0}", true)]
    [InlineData("?key={0}&key=mine", false)]
    [InlineData("?key={0}&KEY=mine", false)]
    [InlineData("?KEY={0}", false)]
    [InlineData("?key[]={0}", false)]
    [InlineData("?other={0}", false)]
    [InlineData("?key", false)]
    [InlineData("", false)]
    public void Decide_Parameter_IsSwappedWhenAllOfThatNameAreIt(string query, bool isSwapped) =>
        Check("in: query, parameter: key", (request, placeholder) => request with { Path = "/v1" + Filled(query, placeholder) }, isSwapped ? [":path"] : []);

    [Theory]
    [InlineData("{0}\tk={0}", "x-a x-b")]
    [InlineData("{0}\t", "x-a")]
    [InlineData("\tk={0}", "x-b")]
    [InlineData("{0}\tk=mine", "")]
    [InlineData("\t", "")]
    [InlineData("{0}", "")]
    public void Decide_SeveralHeaders_AreSwappedWhereItStands(string sent, string expected) => Check(
        "headers: {X-A: \"{value}\", X-B: \"k={value}\"}", (request, placeholder) => request with { Presented = Presented(sent, placeholder) },
        expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The one that it does not stand in holds nothing of the agent's either.</summary>
    [Fact]
    public void Decide_SeveralHeaders_DropsTheOthers()
    {
        (AuthzTable table, CredentialUse use) = Load("headers: {X-A: \"{value}\", X-B: \"k={value}\"}");
        Decision decision = new DecisionEngine(new FixedCredentials(), Ours).Decide(Question() with { Presented = new Secret(Ours.Of(Questions.Agent, use) + "\t") }, table);

        Assert.Contains("x-b", Assert.IsType<Decision.Allowed>(decision).Removals);
        Assert.DoesNotContain("x-a", Assert.IsType<Decision.Allowed>(decision).Removals);
    }

    [Fact]
    public void Decide_PlaceholderOfSomebodyElse_IsDenied()
    {
        (AuthzTable table, CredentialUse use) = Load("header: Authorization");
        byte[] other = new byte[32];
        other[31] = 1;
        string[] wrong = [Ours.Of("another", use), Ours.Of(Questions.Agent, use with { Name = "missing" }), Ours.Of(Questions.Agent, use with { PlaceholderFormat = "cagent_{41}" }), new Placeholders(other).Of(Questions.Agent, use)];

        Assert.All(wrong, one => Assert.Equal(DenyReason.PlaceholderRequired, Reason(new DecisionEngine(new FixedCredentials(), Ours).Decide(Question() with { Presented = new Secret(one) }, table))));
        Assert.Equal(DenyReason.CredentialUnavailable, Reason(new DecisionEngine(new FixedCredentials()).Decide(Question() with { Presented = new Secret(Ours.Of(Questions.Agent, use)) }, table)));
    }

    private static AuthzRequest Question() => Questions.Web(Host, entry: $"guarded {Host}:443");

    private static DenyReason? Reason(Decision decision) => (decision as Decision.Denied)?.Reason;

    private static string Filled(string text, string placeholder) => text.Replace("{0}", placeholder, StringComparison.Ordinal);

    private static Secret? Presented(string? text, string placeholder) => text is null ? null : new Secret(Filled(text, placeholder));

    private static (AuthzTable Table, CredentialUse Use) Load(string use)
    {
        AuthzTable table = Questions.Table($"  - {{domain: {Host}, credential: {{use: known, placeholder: true, {use}}}}}");
        return (table, table.Entries[0].Credential!);
    }

    private static void Check(string use, Func<AuthzRequest, string, AuthzRequest> send, string[] expected)
    {
        (AuthzTable table, CredentialUse credential) = Load(use);
        Decision decision = new DecisionEngine(new FixedCredentials(), Ours).Decide(send(Question(), Ours.Of(Questions.Agent, credential)), table);

        Assert.Equal(expected, decision is Decision.Allowed allowed ? allowed.Injections.Select(one => one.Header) : []);
        Assert.Equal(expected.Length == 0 ? DenyReason.PlaceholderRequired : null, Reason(decision));
        if (decision is Decision.Allowed { Injections: [var first, ..] })
        {
            Assert.False(first.Reveal().Contains(Ours.Of(Questions.Agent, credential), StringComparison.Ordinal), "the placeholder goes upstream");
        }
    }
}
