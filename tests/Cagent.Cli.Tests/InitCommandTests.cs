// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Catalogue;

namespace Cagent.Cli.Tests;

/// <summary><c>init</c> writes what validates, and never over a file.</summary>
public sealed class InitCommandTests
{
    public static TheoryData<string> Profiles => [.. ShippedProfiles.Texts.Keys];

    [Fact]
    public async Task Init_NoProfile_WritesAFileThatValidates()
    {
        using PolicyFolder folder = new();
        string file = Path.Combine(folder.Path, "new", "cagent.yaml");
        CommandLine run = await CommandLine.RunAsync("init", "--output", file);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal($"{file}: written", run.Output.Trim());
        CommandLine validate = await CommandLine.RunAsync("validate", file);
        Assert.Equal((0, "", $"{file}: ok, 1 entries"), (validate.ExitCode, validate.Error, validate.Output.Trim()));
        Assert.Equal(0, (await CommandLine.RunAsync("fmt", "--check", file)).ExitCode);
    }

    [Fact]
    public async Task Init_FileIsThere_LeavesIt()
    {
        using PolicyFolder folder = new();
        string file = folder.Write("version: 1\n");
        CommandLine run = await CommandLine.RunAsync("init", "-o", file);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("already there", run.Error, StringComparison.Ordinal);
        Assert.Equal("version: 1\n", await File.ReadAllTextAsync(file));
    }

    /// <summary>With example arguments where a profile must have some; its credential is added by itself.</summary>
    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task Init_EachProfile_Validates(string name)
    {
        ProfileOutline outline = ProfileOutline.Read(ShippedProfiles.Texts[name], name)!;
        IEnumerable<string> arguments = outline.Parameters.Where(parameter => parameter is { IsRequired: true, Type: not "credential" })
            .Select(parameter => $",{parameter.Name}={parameter.Type switch { "host" => "registry.example.com", "label" => "eu-central-1", _ => "123" }}");
        using PolicyFolder folder = new();
        string file = Path.Combine(folder.Path, "cagent.yaml");
        CommandLine run = await CommandLine.RunAsync("init", "--output", file, "--profile", name + string.Concat(arguments));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        CommandLine validate = await CommandLine.RunAsync("validate", file);
        Assert.Equal((0, ""), (validate.ExitCode, validate.Error));
        Assert.Contains($"  - {(outline.Parameters.Any(parameter => parameter.IsRequired) ? "{use: " : "")}{name}", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_RequiredCredential_IsDefinedAndNamed()
    {
        CommandLine run = await CommandLine.RunAsync("init", "-o", "-", "--profile", "openai", "--profile", "github-readonly,credential=yes");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("openai: {from: env, name: OPENAI_API_KEY}", run.Output, StringComparison.Ordinal);
        Assert.Contains("  \"yes\": {from: env, name: YES_TOKEN}", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("opnai", "did you mean \"openai\"?")]
    [InlineData("npm-readonly", "needs the argument \"host\"")]
    [InlineData("npm-readonly,host", "\"host\" is no argument")]
    [InlineData("npm-readonly,host=a.example.com,host=b.example.com", "is no argument")]
    [InlineData("npm-readonly,host=\"x\": y", "is no argument")]
    [InlineData("npm-readonly,host=a.example.com,prot=1", "has no argument \"prot\"; it takes host, credential")]
    [InlineData("npm-readonly,host=a_b@.example", "CAG1085")]
    public async Task Init_WrongProfile_SaysWhyAndWritesNothing(string profile, string message)
    {
        using PolicyFolder folder = new();
        string file = Path.Combine(folder.Path, "cagent.yaml");
        CommandLine run = await CommandLine.RunAsync("init", "--output", file, "--profile", profile);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Init_ProfilesOfOneHost_AreRefusedTogether()
    {
        using PolicyFolder folder = new();
        string file = Path.Combine(folder.Path, "cagent.yaml");
        CommandLine run = await CommandLine.RunAsync("init", "--output", file, "--profile", "github-readonly", "--profile", "github-issues,owner=acme,repo=app");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("CAG1021", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }
}
