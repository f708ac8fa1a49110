// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.ControlPlane.Unix;
using Cagent.TestKit.Files;

namespace Cagent.ControlPlane.Tests.Unix;

public sealed class StateDirectoryTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public void Open_NewFolder_IsPrivateWithItsSubfolders()
    {
        using TemporaryFolder folder = new();
        using StateDirectory state = StateDirectory.Open(folder.Combine("a/b"));
        foreach (string path in new[] { state.Root, state.Run, state.Pki, state.Logs, state.Revisions, state.Envoy })
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void Open_LooseFolder_IsTightened()
    {
        using TemporaryFolder folder = new();
        File.SetUnixFileMode(folder.Path, OwnerOnly | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        using StateDirectory state = StateDirectory.Open(folder.Path);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(folder.Path));
    }

    [Fact]
    public void Open_Twice_SecondIsRefusedAndNamesTheFirst()
    {
        using TemporaryFolder folder = new();
        using (StateDirectory.Open(folder.Path))
        {
            StateDirectoryException e = Assert.Throws<StateDirectoryException>(() => StateDirectory.Open(folder.Path));
            Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), e.Message, StringComparison.Ordinal);
        }
        StateDirectory.Open(folder.Path).Dispose();
    }

    [Fact]
    public void Open_PathIsAFile_SaysSo()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.Combine("state"), "");
        Assert.Throws<StateDirectoryException>(() => StateDirectory.Open(folder.Combine("state")));
    }
}
