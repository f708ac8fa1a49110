// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Cagent.Secrets.Tests.Support;

/// <summary>A folder of its own for one test, removed afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("cagent-secrets-").FullName;

    public string this[string relative] => Path.Combine(Root, relative);

    public string Write(string relative, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[relative])!);
        File.WriteAllText(this[relative], text);
        File.SetUnixFileMode(this[relative], mode);
        return this[relative];
    }

    /// <summary>Points a link to a folder elsewhere in one step, as kubelet does; .NET cannot rename over such a link.</summary>
    public async Task SwapLinkAsync(string link, string target)
    {
        File.CreateSymbolicLink(this[link + ".next"], target);
        using Process process = Process.Start("mv", ["-T", this[link + ".next"], this[link]]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
