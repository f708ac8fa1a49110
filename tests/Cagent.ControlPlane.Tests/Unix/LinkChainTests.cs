// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Unix;
using Cagent.TestKit.Files;

namespace Cagent.ControlPlane.Tests.Unix;

public sealed class LinkChainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Resolve_PlainFile_IsTheFileAndItsFolder()
    {
        Directory.CreateDirectory(_folder.Combine("a/b"));
        File.WriteAllText(_folder.Combine("a/b/c"), "");
        Assert.Equal([(_folder.Combine("a"), "b"), (_folder.Combine("a/b"), "c")], Points("a/b/c"));
    }

    [Fact]
    public void Resolve_KubernetesVolume_HasEveryLinkAndTheTargetsFolder()
    {
        Directory.CreateDirectory(_folder.Combine("v/..1"));
        File.WriteAllText(_folder.Combine("v/..1/f"), "");
        File.CreateSymbolicLink(_folder.Combine("v/..data"), "..1");
        File.CreateSymbolicLink(_folder.Combine("v/f"), "..data/f");
        Assert.Equal(
            [(_folder.Path, "v"), (_folder.Combine("v"), "..1"), (_folder.Combine("v"), "..data"), (_folder.Combine("v"), "f"), (_folder.Combine("v/..1"), "f")],
            Points("v/f"));
    }

    [Fact]
    public void Resolve_MissingFolder_EndsAtWhatWouldAppear() =>
        Assert.Contains((_folder.Path, "a"), Points("a/b/c"));

    [Fact]
    public void Resolve_LinkLoop_Ends()
    {
        File.CreateSymbolicLink(_folder.Combine("x"), "y");
        File.CreateSymbolicLink(_folder.Combine("y"), "x");
        Assert.Equal([(_folder.Path, "x"), (_folder.Path, "y")], Points("x").Where(point => point.Item1 == _folder.Path));
    }

    [Fact]
    public void Resolve_AbsoluteAndParentLinks_AreFollowed()
    {
        Directory.CreateDirectory(_folder.Combine("a"));
        Directory.CreateDirectory(_folder.Combine("b"));
        File.WriteAllText(_folder.Combine("f"), "");
        File.CreateSymbolicLink(_folder.Combine("a/l"), _folder.Combine("b/l"));
        File.CreateSymbolicLink(_folder.Combine("b/l"), "../f");
        (string, string)[] points = Points("a/l");
        Assert.Contains((_folder.Combine("a"), "l"), points);
        Assert.Contains((_folder.Combine("b"), "l"), points);
        Assert.Contains((_folder.Path, "f"), points);
    }

    private (string, string)[] Points(string path) =>
        [.. LinkChain.Resolve(_folder.Combine(path)).Select(point => (point.Directory, point.Entry)).Order()];
}
