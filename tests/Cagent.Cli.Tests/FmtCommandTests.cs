// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Files;

namespace Cagent.Cli.Tests;

/// <summary><c>fmt</c> replaces files whole, keeps their mode, and changes none with <c>--check</c>.</summary>
public sealed class FmtCommandTests
{
    private const string Uneven = "version: 1\ndomains:\n- domain: example.com   \n  #why\n  read_only: true";
    private const string Even = "version: 1\ndomains:\n  - domain: example.com\n    # why\n    read_only: true\n";

    [Fact]
    public async Task Fmt_UnevenFileBehindALink_IsReplacedInPlace()
    {
        using TemporaryFolder folder = new();
        string file = folder.Combine("real.yaml");
        await File.WriteAllTextAsync(file, Uneven);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        string link = folder.Combine("cagent.yaml");
        File.CreateSymbolicLink(link, file);

        CommandLine run = await CommandLine.RunAsync("fmt", link);

        Assert.Equal((0, $"{link}: formatted"), (run.ExitCode, run.Output.Trim()));
        Assert.Equal(Even, await File.ReadAllTextAsync(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(file));
        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.Equal((0, ""), ((await CommandLine.RunAsync("fmt", link)).ExitCode, (await CommandLine.RunAsync("fmt", link)).Output));
    }

    [Fact]
    public async Task Fmt_Check_NamesTheFilesAndChangesNone()
    {
        using TemporaryFolder folder = new();
        string uneven = folder.Combine("uneven.yaml");
        string even = folder.Combine("even.yaml");
        await File.WriteAllTextAsync(uneven, Uneven);
        await File.WriteAllTextAsync(even, Even);

        CommandLine run = await CommandLine.RunAsync("fmt", "--check", even, uneven);

        Assert.Equal((1, $"{uneven}: would change"), (run.ExitCode, run.Output.Trim()));
        Assert.Equal(Uneven, await File.ReadAllTextAsync(uneven));
        Assert.Equal(0, (await CommandLine.RunAsync("fmt", "--check", even)).ExitCode);
    }

    [Theory]
    [InlineData("version: [")]
    [InlineData("a: &a 1\nb: *a\n")]
    public async Task Fmt_NoPolicy_SaysSoAndChangesNothing(string text)
    {
        using TemporaryFolder folder = new();
        string file = folder.Combine("cagent.yaml");
        await File.WriteAllTextAsync(file, text);

        CommandLine run = await CommandLine.RunAsync("fmt", file);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"{file}: error: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(file));
    }
}
