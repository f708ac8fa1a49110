// SPDX-License-Identifier: Apache-2.0
using System.Xml.Linq;
using Cagent.TestKit.Files;

namespace Cagent.Architecture.Tests;

/// <summary>The project files are as docs/architecture.md draws them.</summary>
public sealed class ProjectGraphTests
{
    private static readonly LayerTable Table = LayerTable.Read();

    private static readonly Dictionary<string, XDocument> Projects = Sources.Files("src", "*.csproj").ToDictionary(Sources.ProjectOf, XDocument.Load, StringComparer.Ordinal);

    [Fact]
    public void Table_IsRead()
    {
        Assert.Equal(18, Table.Projects.Count);
        Assert.Equal(3, Table.Arrows.Count);
    }

    [Fact]
    public void Projects_All_StandInTheTable() => Assert.Empty(Projects.Keys.Except(Table.Projects));

    [Fact]
    public void References_All_GoDownOrAlongAnArrow()
    {
        string[] wrong = [.. Projects.SelectMany(project => References(project.Value).Where(to => !Table.Allows(project.Key, to)).Select(to => $"{project.Key} -> {to}"))];
        Assert.Empty(wrong);
    }

    [Fact]
    public void Arrows_OfExistingProjects_AreReferences() =>
        Assert.All(Table.Arrows.Where(arrow => Projects.ContainsKey(arrow.From)), arrow => Assert.Contains(arrow.To, References(Projects[arrow.From])));

    [Fact]
    public void Allows_SidewaysUpwardsAndItself_IsFalse()
    {
        Assert.False(Table.Allows("ExtAuthz", "Secrets"));
        Assert.False(Table.Allows("Policy", "Compiler"));
        Assert.False(Table.Allows("Xds", "ControlPlane"));
        Assert.False(Table.Allows("Grpc", "Grpc"));
        Assert.True(Table.Allows("Compiler", "Policy"));
    }

    /// <summary>Pure projects cannot do I/O behind our back if they have nothing to do it with.</summary>
    [Theory]
    [InlineData("Domains")]
    [InlineData("Policy", "YamlDotNet")]
    [InlineData("Compiler", "Google.Protobuf")]
    public void PureProjects_ReferenceNoFrameworkAndNoOtherPackage(string project, params string[] packages)
    {
        Assert.Empty(Projects[project].Descendants("FrameworkReference"));
        Assert.Equal(packages, Projects[project].Descendants("PackageReference").Select(package => package.Attribute("Include")!.Value));
    }

    /// <summary>Without it a reference would be whatever a reference references.</summary>
    [Fact]
    public void TransitiveReferences_AreOff() =>
        Assert.Contains("<DisableTransitiveProjectReferences>true<", File.ReadAllText(Path.Combine(RepositoryRoot.Path, "Directory.Build.props")), StringComparison.Ordinal);

    [Fact]
    public void Solution_HoldsEveryProject()
    {
        string solution = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "Cagent.sln")).Replace('\\', '/');
        Assert.All(Sources.Files("src", "*.csproj").Concat(Sources.Files("tests", "*.csproj")), project =>
            Assert.Contains($"\"{Sources.Relative(project)}\"", solution, StringComparison.Ordinal));
    }

    private static IEnumerable<string> References(XDocument project) => project.Descendants("ProjectReference")
        .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))["Cagent.".Length..]);
}
