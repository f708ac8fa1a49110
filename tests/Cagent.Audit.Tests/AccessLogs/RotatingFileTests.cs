// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Audit.AccessLogs;
using Cagent.TestKit.Files;

namespace Cagent.Audit.Tests.AccessLogs;

public sealed class RotatingFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder.Combine("logs/access.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Append_NewFile_IsNotForEverybody()
    {
        using RotatingFile file = new(FilePath, 100, 3);
        Append(file, "line");
        Assert.Equal("line\n", File.ReadAllText(FilePath));
        Assert.False(File.GetUnixFileMode(FilePath).HasFlag(UnixFileMode.OtherRead));
        Assert.False(File.GetUnixFileMode(_folder.Combine("logs")).HasFlag(UnixFileMode.OtherExecute));
    }

    [Fact]
    public void Append_Full_KeepsTheNewestFilesAndWholeLines()
    {
        using RotatingFile file = new(FilePath, 10, 3);
        for (int i = 0; i < 10; i++)
        {
            Append(file, $"line{i}");
        }
        Assert.Equal(["access.log", "access.log.1", "access.log.2"], Directory.GetFiles(_folder.Combine("logs")).Select(Path.GetFileName).Order());
        Assert.Equal("line7\nline8\nline9\n", string.Concat(new[] { ".2", ".1", "" }.Select(suffix => File.ReadAllText(FilePath + suffix))));
    }

    [Fact]
    public void Append_ExactlyFull_DoesNotRotate()
    {
        using RotatingFile file = new(FilePath, 10, 3);
        Append(file, "four");
        Append(file, "five");
        Assert.Equal("four\nfive\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Append_LargerThanAFile_IsStillWritten()
    {
        using RotatingFile file = new(FilePath, 4, 2);
        Append(file, "much longer");
        Append(file, "x");
        Assert.Equal(("much longer\n", "x\n"), (File.ReadAllText(FilePath + ".1"), File.ReadAllText(FilePath)));
    }

    [Fact]
    public void Append_OneFileOnly_BeginsAnew()
    {
        using RotatingFile file = new(FilePath, 5, 1);
        Append(file, "one");
        Append(file, "two");
        Assert.Equal("two\n", File.ReadAllText(FilePath));
        Assert.Single(Directory.GetFiles(_folder.Combine("logs")));
    }

    [Fact]
    public void Append_AfterARestart_Continues()
    {
        using (RotatingFile first = new(FilePath, 100, 3))
        {
            Append(first, "one");
        }
        using RotatingFile second = new(FilePath, 100, 3);
        Append(second, "two");
        Assert.Equal("one\ntwo\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Append_AfterAHalfLine_BeginsOnItsOwnLine()
    {
        Directory.CreateDirectory(_folder.Combine("logs"));
        File.WriteAllText(FilePath, "{\"half");
        using RotatingFile file = new(FilePath, 100, 3);
        Append(file, "whole");
        Assert.Equal("{\"half\nwhole\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Append_FailsThenWorks_OpensAnew()
    {
        File.WriteAllText(_folder.Combine("logs"), "in the way");
        using RotatingFile file = new(FilePath, 100, 3);
        Assert.Throws<IOException>(() => Append(file, "lost"));
        File.Delete(_folder.Combine("logs"));
        Append(file, "kept");
        Assert.Equal("kept\n", File.ReadAllText(FilePath));
    }

    private static void Append(RotatingFile file, string line) => file.Append(Encoding.UTF8.GetBytes(line + "\n"));
}
