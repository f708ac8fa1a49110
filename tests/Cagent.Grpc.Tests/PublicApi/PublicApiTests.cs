// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Cagent.Grpc.Server;
using Cagent.TestKit.Files;

namespace Cagent.Grpc.Tests.PublicApi;

public class PublicApiTests
{
    private const string Rewrite = "CAGENT_UPDATE_API";

    private static readonly Assembly s_library = typeof(GrpcServer).Assembly;

    /// <summary>A change of the surface is a decision: it shows in the listing, in review.</summary>
    [Fact]
    public void PublicApi_IsWhatTheListingSays()
    {
        string path = Path.Combine(RepositoryRoot.Path, "tests", "Cagent.Grpc.Tests", "PublicApi", "Cagent.Grpc.txt");
        string actual = PublicApiListing.Of(s_library);
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
        {
            File.WriteAllText(path, actual);
        }

        string[] committed = File.ReadAllLines(path);
        string[] now = actual.TrimEnd('\n').Split('\n');
        string difference = string.Join('\n', committed.Except(now).Select(line => "- " + line).Concat(now.Except(committed).Select(line => "+ " + line)));
        Assert.True(committed.SequenceEqual(now), $"The public API changed; run this test with {Rewrite}=1 and review the listing:\n{difference}");
    }

    /// <summary>Other users take the library as it is: ASP.NET Core, Google.Protobuf, and nothing of this product.</summary>
    [Fact]
    public void References_AreTheFrameworkAndProtobufOnly() => Assert.All(
        s_library.GetReferencedAssemblies(),
        reference => Assert.Matches(@"^(System|Microsoft\.(AspNetCore|Extensions|Net\.Http\.Headers|Win32)|Google\.Protobuf|netstandard|mscorlib)", reference.Name!));
}
