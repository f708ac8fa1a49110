// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Revisions;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;

namespace Cagent.ControlPlane.Tests.Revisions;

public sealed class RejectedRevisionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingLogger<RejectedRevisions> _logger = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Contains_AfterARestart_IsStillTrue()
    {
        Set().Add(Id(1));
        Assert.True(Set().Contains(Id(1)));
        Assert.False(Set().Contains(Id(2)));
        Set().Remove(Id(1));
        Assert.False(Set().Contains(Id(1)));
    }

    [Fact]
    public void Add_BeyondTheCapacity_ForgetsTheOldest()
    {
        RejectedRevisions set = Set();
        for (int i = 0; i <= RejectedRevisions.Capacity; i++)
        {
            set.Add(Id(i));
        }
        foreach (RejectedRevisions same in new[] { set, Set() })
        {
            Assert.False(same.Contains(Id(0)));
            Assert.All(Enumerable.Range(1, RejectedRevisions.Capacity), i => Assert.True(same.Contains(Id(i))));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[\"x\"]")]
    [InlineData("[null]")]
    [InlineData("{}")]
    public void Load_DamagedFile_IsEmptyWithAWarning(string text)
    {
        File.WriteAllText(_folder.Combine("rejected.json"), text);
        RejectedRevisions set = Set();
        Assert.True(_logger.Has(1213));
        set.Add(Id(1));
        Assert.True(Set().Contains(Id(1)));
    }

    private RejectedRevisions Set() => new(_folder.Path, _logger);

    private static RevisionId Id(int i) => RevisionId.Of(BitConverter.GetBytes(i));
}
