// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Exec;
using Cagent.Secrets.Credentials.Fetching;

namespace Cagent.Secrets.Tests.Credentials.Exec;

public sealed class ExecOutputTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("plain-value\n", null, "plain-value", false)]
    [InlineData("{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"k8s-token\",\"expirationTimestamp\":\"2026-06-01T13:00:00Z\"}}", null, "k8s-token", true)]
    [InlineData("{\"Version\":1,\"AccessKeyId\":\"AKIA\",\"SecretAccessKey\":\"aws-key\",\"SessionToken\":\"st\",\"Expiration\":\"2026-06-01T13:00:00+00:00\"}", "SecretAccessKey", "aws-key", true)]
    [InlineData("{\"access_token\":\"oauth\",\"expires_in\":3600,\"token_type\":\"Bearer\"}", null, "oauth", true)]
    [InlineData("{\"accessToken\":\"az\",\"expiresOn\":\"2026-06-01 15:00:00.000000\",\"expires_on\":1780318800}", null, "az", true)]
    [InlineData("{\"credential\":{\"access_token\":\"gcloud\",\"token_expiry\":\"2026-06-01T13:00:00Z\"}}", null, "gcloud", true)]
    [InlineData(" {\"value\":\"v\",\"expires_at\":null}", null, "v", false)]
    public void Parse_KnownForm_ReadsValueAndEnd(string output, string? field, string value, bool ends)
    {
        FetchOutcome.Fetched fetched = Assert.IsType<FetchOutcome.Fetched>(Parse(output, field));
        Assert.Equal((value, ends ? Now.AddHours(1) : (DateTimeOffset?)null), (fetched.Value.Reveal(), fetched.ExpiresAt));
    }

    [Theory]
    [InlineData("", null, "is empty")]
    [InlineData("two\nlines", null, "holds a line break")]
    [InlineData("plain", "field", "is no JSON object")]
    [InlineData("{\"token\":", null, "begins like a JSON object and is none")]
    [InlineData("{\"key\":\"s3cr3t\"}", null, "say with field which one it is")]
    [InlineData("{\"key\":\"s3cr3t\"}", "kex", "has no field kex")]
    [InlineData("{\"token\":{\"s3cr3t\":1}}", null, "is no text")]
    [InlineData("{\"token\":\"s3cr3t\",\"expires_at\":\"tomorrow\"}", null, "cannot be read")]
    [InlineData("{\"token\":\"s3cr3t\",\"expires_in\":-5}", null, "cannot be read")]
    [InlineData("{\"token\":\"s3cr3t\\u0000\"}", null, "a control character")]
    public void Parse_Unusable_SaysWhyAndShowsNoneOfIt(string output, string? field, string problem)
    {
        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(Parse(output, field));
        Assert.Contains(problem, failed.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", failed.Problem, StringComparison.Ordinal);
    }

    private static FetchOutcome Parse(string output, string? field) => ExecOutput.Parse(
        Encoding.UTF8.GetBytes(output),
        new ExecCredentialDefinition("k", new TextList(["/bin/print"]), new TextList([]), field, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)), Now);
}
