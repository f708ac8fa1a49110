// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Files;

namespace Cagent.Cli.Tests;

public sealed class SchemaCommandTests
{
    private static readonly string s_published = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "cagent.schema.json"));

    [Fact]
    public async Task Schema_Printed_IsThePublishedOne()
    {
        CommandLine run = await CommandLine.RunAsync("schema");
        Assert.Equal((0, s_published, ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Schema_ToAFile_WritesItAndNothingElse()
    {
        using PolicyFolder folder = new();
        string file = folder.Write("old", "cagent.schema.json");
        CommandLine run = await CommandLine.RunAsync("schema", "--output-file", file);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(s_published, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Schema_ToAFileThatCannotBe_ExitsWith1()
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("schema", "--output-file", Path.Combine(folder.Path, "missing", "x.json"));
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("error: ", run.Error, StringComparison.Ordinal);
    }
}
