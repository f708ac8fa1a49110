// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Cagent.Compiler.Authz;
using Cagent.ControlPlane.Credentials;
using Cagent.ExtAuthz.Signing;
using Envoy.Service.Auth.V3;

namespace Cagent.ExtAuthz.Tests.Signing;

/// <summary>What of a request is signed, what of the agent's is dropped, and what is refused because its signature would be wrong.</summary>
public sealed class RequestSigningTests
{
    private const string Host = "bucket.s3.eu-central-1.amazonaws.com";
    private const string Token = "session-5f0a";
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly AwsSigV4CredentialDefinition S3 = Definition("s3");

    [Fact]
    public void From_RequestToAnObjectStore_SetsTheSignatureAndDropsTheAgents()
    {
        AuthzRequest request = Questions.Web(Host, path: "/a/b%20c?X-Amz-Signature=x&list-type=2&x-amz-credential=y&AWSAccessKeyId=z") with
        {
            AmzHeaders = [new("x-amz-date", "20200101T000000Z"), new("x-amz-security-token", "of-the-agent"), new("x-amz-acl", "private"), new("content-type", "text/plain")],
        };

        Decision.Allowed allowed = Assert.IsType<Decision.Allowed>(Decide(S3, request));
        OkHttpResponse ok = CheckResponses.From(allowed, request, "r", Now).OkResponse;

        Assert.Equal(["authorization", "x-amz-date", "x-amz-content-sha256", ":path"], ok.Headers.Select(header => header.Header.Key));
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260601/eu-central-1/s3/aws4_request, SignedHeaders=content-type;host;x-amz-acl;x-amz-content-sha256;x-amz-date, Signature=", ok.Headers[0].Header.Value, StringComparison.Ordinal);
        Assert.Equal(("20260601T120000Z", "UNSIGNED-PAYLOAD", "/a/b%20c?list-type=2"), (ok.Headers[1].Header.Value, ok.Headers[2].Header.Value, ok.Headers[3].Header.Value));
        Assert.Contains("x-amz-security-token", ok.HeadersToRemove);
        Assert.Contains("x-amz-s3session-token", ok.HeadersToRemove);
        Assert.Contains("cookie", ok.HeadersToRemove);
        // Envoy removes after it has set.
        Assert.Empty(ok.HeadersToRemove.Intersect(ok.Headers.Select(header => header.Header.Key)));
    }

    [Fact]
    public void From_TemporaryKeys_SendsAndSignsTheirToken()
    {
        AuthzRequest request = Questions.Web(Host);

        OkHttpResponse ok = CheckResponses.From(Decide(S3, request, Token), request, "r", Now).OkResponse;

        Assert.Equal(Token, ok.Headers.Single(header => header.Header.Key == "x-amz-security-token").Header.Value);
        Assert.Contains(";x-amz-security-token,", ok.Headers[0].Header.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("x-amz-security-token", ok.HeadersToRemove);
    }

    [Fact]
    public void Decide_Signature_PrintsNoKey()
    {
        Decision decision = Decide(S3, Questions.Web(Host), Token);

        Assert.DoesNotContain(FixedKeys.Secret, decision.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Token, decision.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "UNSIGNED-PAYLOAD")]
    [InlineData("UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD")]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", null)]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", null)]
    [InlineData("anything", null)]
    public void Decide_PayloadThatTheAgentNames_IsTakenWhereItNeedsNoKey(string? declared, string? hash)
    {
        AuthzRequest request = Questions.Web(Host) with { AmzHeaders = declared is null ? [] : [new("x-amz-content-sha256", declared)] };

        Decision decision = Decide(S3, request);

        Assert.Equal(hash, (decision as Decision.Allowed)?.Signature!.Request.PayloadHash);
        Assert.Equal(hash is null ? DenyReason.NotSignable : null, (decision as Decision.Denied)?.Reason);
    }

    [Theory]
    [InlineData("/a%2Fb")]
    [InlineData("/a%2fb")]
    [InlineData("/a+b")]
    [InlineData("/a?b=c+d")]
    [InlineData("/a?b=%zz")]
    public void Decide_TargetThatServersReadInDifferentWays_IsRefused(string path) =>
        Assert.Equal(DenyReason.NotSignable, Assert.IsType<Decision.Denied>(Decide(S3, Questions.Web(Host, path: path))).Reason);

    [Fact]
    public void Decide_HeaderOutsideAscii_IsRefused() => Assert.Equal(
        DenyReason.NotSignable, Assert.IsType<Decision.Denied>(Decide(S3, Questions.Web(Host) with { AmzHeaders = [new("x-amz-meta-name", "caf\u00e9")] })).Reason);

    [Theory]
    [InlineData("")]
    [InlineData("{\"prompt\":1}")]
    public void Decide_OtherService_SignsTheBodyThatWasHandedOver(string body)
    {
        AuthzRequest request = Questions.Web(Host, "POST", "/model/a%3A0/invoke") with
        {
            Body = Encoding.UTF8.GetBytes(body),
            AmzHeaders = [new("x-amz-content-sha256", "UNSIGNED-PAYLOAD")],
        };

        SignableRequest signed = Assert.IsType<Decision.Allowed>(Decide(Definition("bedrock"), request)).Signature!.Request;

        Assert.Equal(("/model/a%253A0/invoke", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)))), (signed.Path, signed.PayloadHash));
    }

    /// <summary>Envoy is behind: its route hands no body over yet.</summary>
    [Fact]
    public void Decide_OtherServiceWithoutTheBody_IsDenied() =>
        Assert.Equal(DenyReason.PolicyUnavailable, Assert.IsType<Decision.Denied>(Decide(Definition("bedrock"), Questions.Web(Host, "POST"))).Reason);

    [Fact]
    public void Decide_OtherServiceWithABodyInSignedPieces_IsRefused() => Assert.Equal(
        DenyReason.NotSignable,
        Assert.IsType<Decision.Denied>(Decide(Definition("transcribe"), Questions.Web(Host, "POST") with { Body = default(ReadOnlyMemory<byte>), AmzHeaders = [new("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-EVENTS")] })).Reason);

    [Fact]
    public void Decide_SecondName_SignsTheTrueOne()
    {
        AuthzRequest request = Questions.Web("store.devbox.local", entry: $"{Host}:443");

        Decision.Allowed allowed = Assert.IsType<Decision.Allowed>(Decide(S3, request, more: ", alias: store"));

        Assert.Equal(KeyValuePair.Create("host", Host), allowed.Signature!.Request.Headers[0]);
    }

    [Fact]
    public void Decide_KeysThatCannotBeRead_IsDenied()
    {
        AuthzTable table = Table("s3", "");
        Decision decision = new DecisionEngine(new FixedCredentials()).Decide(Questions.OfTheRightRoute(Questions.Web(Host), table), table);

        Assert.Equal(DenyReason.CredentialUnavailable, Assert.IsType<Decision.Denied>(decision).Reason);
    }

    [Fact]
    public void Check_SignatureOfAnotherRevision_IsDenied()
    {
        Decision decision = Decide(S3, Questions.Web(Host));

        Assert.Same(decision, InjectionOwners.Check(decision, [S3]));
        Assert.Equal(DenyReason.PolicyUnavailable, Assert.IsType<Decision.Denied>(InjectionOwners.Check(decision, [Definition("s3") with { Region = "us-east-1" }])).Reason);
    }

    private static AwsSigV4CredentialDefinition Definition(string service) =>
        new("aws", "eu-central-1", service, new EnvCredentialDefinition("aws.access_key_id", "ID"), new EnvCredentialDefinition("aws.secret_access_key", "SECRET"), null);

    private static Decision Decide(AwsSigV4CredentialDefinition definition, AuthzRequest request, string? token = null, string more = "") =>
        new DecisionEngine(new FixedKeys(definition, token)).Decide(Questions.OfTheRightRoute(request, Table(definition.Service, more)), Table(definition.Service, more));

    private static AuthzTable Table(string service, string more)
    {
        Assert.True(Questions.TryTable(
            $"  - {{domain: {Host}, credential: {{use: aws}}{more}}}", out AuthzTable? table, out string problems,
            $"  aws: {{from: aws_sigv4, region: eu-central-1, service: {service}, access_key_id: {{from: env, name: ID}}, secret_access_key: {{from: env, name: SECRET}}}}\n"), problems);
        return table;
    }

    private sealed class FixedKeys(AwsSigV4CredentialDefinition definition, string? token) : ICredentialStore
    {
        public const string Secret = "wJalrXUtnFEMI/K7MDENG";

        public void Configure(ImmutableArray<CredentialDefinition> definitions)
        {
        }

        public CredentialReading Read(string name) => CredentialReading.Available(
            new SigningKeys(new Secret("AKIDEXAMPLE"), new Secret(Secret), token is null ? null : new Secret(token))) with { Definition = definition };
    }
}
