// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Cli.Tests;

/// <summary><c>--overlay</c> means the same to every command that reads a policy.</summary>
public sealed class OverlayOptionTests
{
    private const string Base = "version: 1\ndomains: [{domain: a.example.com, read_only: true}]\n";
    private const string Over = "version: 1\ndomains: [{domain: a.example.com}, {domain: b.example.com}]\n";

    [Fact]
    public async Task Explain_WithOverlay_AsksTheWhole()
    {
        using PolicyFolder folder = new();
        (string file, string overlay) = (folder.Write(Base), folder.Write(Over, "over.yaml"));
        Assert.Equal(2, (await CommandLine.RunAsync("explain", "POST", "https://a.example.com/", "--policy", file)).ExitCode);
        CommandLine run = await CommandLine.RunAsync("explain", "POST", "https://a.example.com/", "--policy", file, "--overlay", overlay);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"{overlay}:2:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compile_WithOverlay_HasItsHosts()
    {
        using PolicyFolder folder = new();
        (string file, string overlay) = (folder.Write(Base), folder.Write(Over, "over.yaml"));
        Assert.DoesNotContain("b.example.com", (await CommandLine.RunAsync("compile", file)).Output, StringComparison.Ordinal);
        Assert.Contains("b.example.com", (await CommandLine.RunAsync("compile", file, "--overlay", overlay)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_WithOverlays_ComparesWhatEachMakes()
    {
        using PolicyFolder folder = new();
        (string file, string overlay) = (folder.Write(Base), folder.Write(Over, "over.yaml"));
        Assert.Equal(0, (await CommandLine.RunAsync("diff", file, file, "--overlay", overlay)).ExitCode);
        Assert.Equal(3, (await CommandLine.RunAsync("diff", file, file, "--new-overlay", overlay)).ExitCode);
        Assert.Equal(2, (await CommandLine.RunAsync("diff", file, file, "--old-overlay", overlay)).ExitCode);
    }

    [Fact]
    public async Task Test_WithOverlay_OfTheOptionOrTheFile()
    {
        using PolicyFolder folder = new();
        folder.Write(Base);
        string overlay = folder.Write(Over, "over.yaml");
        string test = folder.Write("allow: [POST https://b.example.com/]\n", "cagent.test.yaml");
        Assert.Equal(2, (await CommandLine.RunAsync("test", test)).ExitCode);
        Assert.Equal(0, (await CommandLine.RunAsync("test", test, "--overlay", overlay)).ExitCode);
        folder.Write("overlays: [over.yaml]\nallow: [POST https://b.example.com/]\n", "cagent.test.yaml");
        Assert.Equal(0, (await CommandLine.RunAsync("test", test)).ExitCode);
    }
}
