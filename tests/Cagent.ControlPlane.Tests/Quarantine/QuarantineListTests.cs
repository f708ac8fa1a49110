// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Quarantine;
using Cagent.ControlPlane.Unix;
using Cagent.TestKit.Files;

namespace Cagent.ControlPlane.Tests.Quarantine;

/// <summary>The list on disk: what holds is written, what is written holds, and what cannot be read lets nobody start.</summary>
public sealed class QuarantineListTests : IDisposable
{
    private static readonly DateTimeOffset Then = new(2027, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    private string File => _folder.Combine("quarantine.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AddAndRemove_HoldOverARestart()
    {
        QuarantineList list = QuarantineList.Open(File);
        Assert.True(list.Add(new OperatorQuarantine("b", Then, "why")));
        Assert.True(list.Add(new OperatorQuarantine("a-*", Then, "")));
        Assert.False(list.Add(new OperatorQuarantine("b", Then.AddDays(1), "")));
        Assert.Equal([new OperatorQuarantine("a-*", Then, ""), new OperatorQuarantine("b", Then, "why")], QuarantineList.Open(File).All);

        // A better reason is taken; the time stays.
        Assert.True(list.Add(new OperatorQuarantine("b", Then.AddDays(1), "because")));
        Assert.Equal(new OperatorQuarantine("b", Then, "because"), QuarantineList.Open(File).All[1]);
        Assert.True(list.Remove("b"));
        Assert.False(list.Remove("b"));
        Assert.Equal(["a-*"], QuarantineList.Open(File).Names);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[{\"agent\": \"a\"")]
    [InlineData("[{}]")]
    [InlineData("[{\"agent\": null, \"since\": \"2027-01-01T00:00:00Z\", \"reason\": \"\"}]")]
    public void Open_DamagedFile_RefusesAndNamesIt(string content)
    {
        System.IO.File.WriteAllText(File, content);
        StateDirectoryException refused = Assert.Throws<StateDirectoryException>(() => QuarantineList.Open(File));
        Assert.Contains(File, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_DiskRefuses_ChangesNothing()
    {
        QuarantineList list = QuarantineList.Open(_folder.Combine("gone/quarantine.json"));
        Assert.ThrowsAny<IOException>(() => list.Add(new OperatorQuarantine("a", Then, "")));
        Assert.Empty(list.All);
        Assert.ThrowsAny<IOException>(() => QuarantineList.None.Add(new OperatorQuarantine("a", Then, "")));
    }
}
