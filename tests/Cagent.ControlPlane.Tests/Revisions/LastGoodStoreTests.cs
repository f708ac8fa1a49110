// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.ControlPlane.Revisions;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;

namespace Cagent.ControlPlane.Tests.Revisions;

public sealed class LastGoodStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingLogger<LastGoodStore> _logger = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_NothingSaved_IsNullWithoutWarning()
    {
        Assert.Null(Store().Load());
        Assert.Empty(_logger.Entries);
    }

    [Fact]
    public void Load_AfterSave_GivesTheSameBytes()
    {
        LastGoodRevision saved = Revision("version: 1\n", ("/etc/ca.pem", "PEM"), ("/etc/other.pem", ""));
        Assert.True(Store().TrySave(saved));

        LastGoodRevision? loaded = Store().Load();
        Assert.NotNull(loaded);
        Assert.Equal((saved.Id, saved.FileName, saved.SavedAt), (loaded.Id, loaded.FileName, loaded.SavedAt));
        Assert.Equal(saved.Policy.ToArray(), loaded.Policy.ToArray());
        Assert.Equal(saved.Dependencies.Keys, loaded.Dependencies.Keys);
        Assert.All(saved.Dependencies, pair => Assert.Equal(pair.Value.ToArray(), loaded.Dependencies[pair.Key].ToArray()));
    }

    [Fact]
    public void TrySave_Again_KeepsOnlyTheNewContentAndNoTemporaryFiles()
    {
        Store().TrySave(Revision("one", ("/a", "dep")));
        File.WriteAllText(_folder.Combine("x.content.0.tmp"), "left by a crash");
        Store().TrySave(Revision("two"));

        Assert.Equal("two"u8.ToArray(), Store().Load()!.Policy.ToArray());
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
        Assert.All(Directory.GetFiles(_folder.Path), file =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void Load_AnyByteOfAnyFileChanged_IsAbsentOrUnchanged()
    {
        Store().TrySave(Revision("version: 1\n", ("/etc/ca.pem", "PEM")));
        foreach (string file in Directory.GetFiles(_folder.Path))
        {
            byte[] intact = File.ReadAllBytes(file);
            for (int i = 0; i < intact.Length; i++)
            {
                byte[] damaged = [.. intact];
                damaged[i] ^= 0x01;
                File.WriteAllBytes(file, damaged);
                // White space of the JSON carries nothing: then the content must be the saved one.
                LastGoodRevision? loaded = Store().Load();
                Assert.True(loaded is null || loaded.Policy.AsSpan().SequenceEqual("version: 1\n"u8), $"{file} at {i}");
            }
            File.WriteAllBytes(file, intact);
        }
        Assert.NotNull(Store().Load());
        Assert.True(_logger.Has(1211));
    }

    [Fact]
    public void Load_AnyFileTruncatedOrMissing_IsAbsent()
    {
        Store().TrySave(Revision("version: 1\n", ("/etc/ca.pem", "PEM")));
        foreach (string file in Directory.GetFiles(_folder.Path))
        {
            byte[] intact = File.ReadAllBytes(file);
            for (int length = 0; length < intact.Length; length++)
            {
                File.WriteAllBytes(file, intact[..length]);
                Assert.Null(Store().Load());
            }
            File.Delete(file);
            Assert.Null(Store().Load());
            File.WriteAllBytes(file, intact);
        }
    }

    [Fact]
    public void TrySave_FolderGone_IsFalseAndLogged()
    {
        LastGoodStore store = new(_folder.Combine("missing"), _logger);
        Assert.False(store.TrySave(Revision("x")));
        Assert.True(_logger.Has(1210));
    }

    private LastGoodStore Store() => new(_folder.Path, _logger);

    private static LastGoodRevision Revision(string policy, params (string Path, string Content)[] dependencies) => new(
        RevisionId.Of("compiled"u8),
        "/etc/cagent.yaml",
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(1)),
        [.. System.Text.Encoding.UTF8.GetBytes(policy)],
        dependencies.ToImmutableSortedDictionary(pair => pair.Path, pair => System.Text.Encoding.UTF8.GetBytes(pair.Content).ToImmutableArray(), StringComparer.Ordinal));
}
