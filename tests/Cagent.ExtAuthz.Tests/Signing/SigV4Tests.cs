// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cagent.ControlPlane.Credentials;
using Cagent.ExtAuthz.Signing;
using Cagent.TestKit.Files;

namespace Cagent.ExtAuthz.Tests.Signing;

/// <summary>
/// The values that AWS publishes: those of its signing test suite (aws-c-auth, tests/aws-signing-test-suite/v4), where a path with dot segments
/// stands as a proxy sends it on, and the examples of "Authenticating Requests: Using the Authorization Header" in the S3 API reference.
/// </summary>
public sealed class SigV4Tests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly Dictionary<string, Vector> Vectors = JsonSerializer.Deserialize<Vector[]>(
        File.ReadAllText(Path.Combine(RepositoryRoot.Path, "tests", "Cagent.ExtAuthz.Tests", "Signing", "sigv4-vectors.json")), Json)!.ToDictionary(vector => vector.Name);

    public static TheoryData<string> VectorNames => [.. Vectors.Keys];

    [Theory]
    [MemberData(nameof(VectorNames))]
    public void Authorization_OfThePublishedSuite_IsThePublishedOne(string name)
    {
        Vector vector = Vectors[name];
        List<KeyValuePair<string, string>> headers = [.. vector.Headers.Select(header => KeyValuePair.Create(header[0], header[1]))];
        DateTimeOffset time = DateTimeOffset.Parse(vector.Time, CultureInfo.InvariantCulture);
        string payload = SigV4.Hex(SHA256.HashData(Encoding.UTF8.GetBytes(vector.Body)));
        headers.Add(new("X-Amz-Date", SigV4.Stamp(time)));
        if (vector.SignBody)
        {
            headers.Add(new("X-Amz-Content-Sha256", payload));
        }

        if (vector is { SignToken: true, Token: { } token })
        {
            headers.Add(new("X-Amz-Security-Token", token));
        }

        string[] target = vector.Target.Split('?', 2);
        string canonical = SigV4.CanonicalRequest(vector.Method, AwsEncoding.OfPath(target[0]), AwsEncoding.OfQuery(target.ElementAtOrDefault(1) ?? "")!, headers, payload);
        string authorization = SigV4.Authorization(
            canonical, headers, Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), new SigningScope(vector.Region, vector.Service), time);

        Assert.Equal(vector.Canonical, canonical);
        Assert.Equal(vector.Authorization, authorization);
    }

    [Theory]
    [InlineData("GET", "/test.txt", "range:bytes=0-9", null, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("PUT", "/test$file.text", "date:Fri, 24 May 2013 00:00:00 GMT|x-amz-storage-class:REDUCED_REDUNDANCY", "Welcome to Amazon S3.", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")]
    [InlineData("GET", "/?lifecycle", "", null, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("GET", "/?max-keys=2&prefix=J", "", null, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void Authorization_OfTheExamplesOfS3_IsThePublishedOne(string method, string target, string more, string? body, string signature)
    {
        DateTimeOffset time = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);
        string payload = SigV4.Hex(SHA256.HashData(Encoding.UTF8.GetBytes(body ?? "")));
        List<KeyValuePair<string, string>> headers =
        [
            new("host", "examplebucket.s3.amazonaws.com"), new("x-amz-content-sha256", payload), new("x-amz-date", SigV4.Stamp(time)),
            .. more.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(header => KeyValuePair.Create(header.Split(':', 2)[0], header.Split(':', 2)[1])),
        ];
        string[] parts = target.Split('?', 2);

        string canonical = SigV4.CanonicalRequest(method, AwsEncoding.OfObjectPath(parts[0])!, AwsEncoding.OfQuery(parts.ElementAtOrDefault(1) ?? "")!, headers, payload);

        Assert.EndsWith(
            "Signature=" + signature,
            SigV4.Authorization(canonical, headers, Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), new SigningScope("us-east-1", "s3"), time), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a%20b/c:d", "/a%2520b/c%3Ad", "/a%20b/c%3Ad")]
    [InlineData("/%e1%88%b4", "/%25e1%2588%25b4", "/%E1%88%B4")]
    [InlineData("/a+b~_-.", "/a%2Bb~_-.", "/a%2Bb~_-.")]
    [InlineData("/a%", "/a%25", null)]
    [InlineData("/a%4", "/a%254", null)]
    [InlineData("/a%+1", "/a%25%2B1", null)]
    public void OfPath_AnyPath_IsEncodedOnceMoreOrAnewForObjects(string path, string encoded, string? ofObject) =>
        Assert.Equal((encoded, ofObject), (AwsEncoding.OfPath(path), AwsEncoding.OfObjectPath(path)));

    [Theory]
    [InlineData("", "")]
    [InlineData("b=1&a=2&a=1", "a=1&a=2&b=1")]
    [InlineData("a-b=1&a=1", "a=1&a-b=1")]
    [InlineData("acl&&versions=", "acl=&versions=")]
    [InlineData("prefix=a/b%2fc&delimiter=%2F", "delimiter=%2F&prefix=a%2Fb%2Fc")]
    [InlineData("a=1=2", "a=1%3D2")]
    [InlineData("a=%zz", null)]
    [InlineData("%4=1", null)]
    public void OfQuery_AnyQuery_IsSortedAndEncodedAnew(string query, string? expected) => Assert.Equal(expected, AwsEncoding.OfQuery(query));

    private static SigningKeys Keys(string id, string secret) => new(new Secret(id), new Secret(secret), null);

    private sealed record Vector(
        string Name, string Method, string Target, string[][] Headers, string Body, bool SignBody, string Region, string Service, string Time, string Canonical, string Authorization, string? Token, bool SignToken);
}
