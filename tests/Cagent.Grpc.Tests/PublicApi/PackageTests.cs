// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Xml.Linq;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;

namespace Cagent.Grpc.Tests.PublicApi;

public class PackageTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Pack_OfTheBuiltLibrary_HasDocumentationReadmeAndOneDependency()
    {
        using TemporaryFolder folder = new();
        string project = Path.Combine(RepositoryRoot.Path, "src", "Cagent.Grpc");
        await using RunningProcess pack = RunningProcess.Start(
            "dotnet", ["pack", project, "--no-build", "--no-restore", "-c", RepositoryRoot.Configuration, "-o", folder.Path, "-v", "q", "--nologo"]);
        await pack.WaitUntilAsync(() => pack.HasExited, s_patience, "dotnet pack ends");

        using ZipArchive package = await ZipFile.OpenReadAsync(Assert.Single(Directory.GetFiles(folder.Path, "*.nupkg")));

        Assert.Superset(
            new HashSet<string> { "README.md", "lib/net10.0/Cagent.Grpc.dll", "lib/net10.0/Cagent.Grpc.xml", "Cagent.Grpc.nuspec" },
            package.Entries.Select(entry => entry.FullName).ToHashSet());
        using Stream nuspec = await package.GetEntry("Cagent.Grpc.nuspec")!.OpenAsync();
        XElement metadata = (await XDocument.LoadAsync(nuspec, LoadOptions.None, CancellationToken.None)).Root!.Elements().Single();
        Assert.Equal("README.md", Value(metadata, "readme"));
        Assert.Equal("Apache-2.0", Value(metadata, "license"));
        Assert.Equal(["Google.Protobuf"], metadata.Descendants().Where(one => one.Name.LocalName == "dependency").Select(one => one.Attribute("id")!.Value));
    }

    private static string Value(XElement metadata, string name) => metadata.Elements().Single(one => one.Name.LocalName == name).Value;
}
