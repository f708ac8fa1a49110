// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.ControlPlane.Unix;
using Cagent.TestKit.Files;

namespace Cagent.ControlPlane.Tests.Unix;

public sealed class SocketPathsTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public void Choose_ShortStateDirectory_IsInsideIt()
    {
        using TemporaryFolder folder = new();
        Assert.Equal(folder.Combine("run/admin.sock"), SocketPaths.Choose(folder.Path).Admin);
    }

    [Fact]
    public void Choose_LongStateDirectory_IsAPrivateFolderThatTheNextStartFindsAgain()
    {
        using TemporaryFolder folder = new();
        string state = folder.Combine(new string('x', 90));
        SocketPaths paths = SocketPaths.Choose(state, folder.Path);

        Assert.Equal(folder.Path, Path.GetDirectoryName(paths.Home));
        Assert.Equal("run", Path.GetFileName(paths.Folder));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(paths.Home));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(paths.Folder));
        Assert.Equal(paths.Folder, SocketPaths.Choose(state, folder.Path).Folder);
        Assert.NotEqual(paths.Folder, SocketPaths.Choose(state + "y", folder.Path).Folder);
    }

    [Fact]
    public void Choose_EveryLength_EverySocketCanBeBound()
    {
        using TemporaryFolder folder = new();
        for (int length = 1; length < 100; length++)
        {
            SocketPaths paths = SocketPaths.Choose(folder.Combine(new string('é', length)), folder.Path);
            foreach (string path in new[] { paths.Admin, paths.Cut, paths.Control, paths.Api })
            {
                Assert.InRange(Encoding.UTF8.GetByteCount(path), 1, SocketPaths.MaxPathBytes);
            }
        }
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Choose_FolderWritableByOthers_IsRefused(UnixFileMode extra)
    {
        using TemporaryFolder folder = new();
        string state = folder.Combine(new string('x', 90));
        string chosen = SocketPaths.Choose(state, folder.Path).Folder;
        File.SetUnixFileMode(chosen, OwnerOnly | extra);
        Assert.Throws<StateDirectoryException>(() => SocketPaths.Choose(state, folder.Path));
    }

    [Fact]
    public void Choose_FolderIsALink_IsRefused()
    {
        using TemporaryFolder folder = new();
        string state = folder.Combine(new string('x', 90));
        string chosen = SocketPaths.Choose(state, folder.Path).Folder;
        Directory.Move(chosen, chosen + ".elsewhere");
        Directory.CreateSymbolicLink(chosen, chosen + ".elsewhere");
        Assert.Throws<StateDirectoryException>(() => SocketPaths.Choose(state, folder.Path));
    }
}
