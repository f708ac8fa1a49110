// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;

namespace Cagent.Secrets.Tests.Credentials;

public sealed class CredentialStoreTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingLogger<CredentialStore> _log = new();
    private readonly CredentialStore _store;

    // The clock stands still, so the poll never fires.
    public CredentialStoreTests() => _store = new CredentialStore(new CredentialStoreOptions(), new ManualTime(), _log);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Read_UnknownName_IsUnavailable() => Assert.Equal("no credential is named nobody", _store.Read("nobody").Problem);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Configure_VariableMissingOrEmpty_IsUnavailable(string? value)
    {
        using Variable variable = new(value);
        _store.Configure([new EnvCredentialDefinition("k", variable.Name)]);
        Assert.Equal($"environment variable {variable.Name} is not set", _store.Read("k").Problem);
    }

    [Fact]
    public void Configure_Again_ReadsTheVariableAgain()
    {
        using Variable variable = new("one");
        ImmutableArray<CredentialDefinition> definitions = [new EnvCredentialDefinition("k", variable.Name)];
        _store.Configure(definitions);
        Assert.Equal("one", _store.Read("k").Value?.Reveal());
        variable.Set("two");
        Assert.Equal("one", _store.Read("k").Value?.Reveal());
        _store.Configure(definitions);
        Assert.Equal("two", _store.Read("k").Value?.Reveal());
    }

    /// <summary>A token is only compared: its digest is all that is held.</summary>
    [Fact]
    public void Configure_TokenOfAnAgent_HoldsItsDigestAlone()
    {
        AgentTokenDefinition definition = new(AgentTokenDefinition.NameOf("ci", "file"), new FileCredentialDefinition("ci", _folder.Write("token", "one\n")));
        _store.Configure([definition]);
        CredentialReading before = _store.Read(definition.Name);
        Assert.Null(before.Value);
        Assert.Equal(System.Security.Cryptography.SHA256.HashData("one"u8), before.Digest);
        _store.Configure([definition]);
        Assert.Same(before, _store.Read(definition.Name));
        _folder.Write("token", "two");
        _store.Configure([definition]);
        Assert.Equal(System.Security.Cryptography.SHA256.HashData("two"u8), _store.Read(definition.Name).Digest);
        File.Delete(_folder.Combine("token"));
        _store.Configure([definition]);
        Assert.True(_store.Read(definition.Name) is { Digest.IsDefault: true, Problem: not null });
    }

    [Fact]
    public void Configure_UnchangedDefinition_KeepsTheValueAndIsSilent()
    {
        FileCredentialDefinition definition = new("k", _folder.Write("token", "one"));
        _store.Configure([definition]);
        Secret? before = _store.Read("k").Value;
        List<string> changed = [];
        _store.Changed += names => changed.AddRange(names);
        _store.Configure([definition, new FileCredentialDefinition("other", _folder.Combine("absent"))]);
        Assert.Same(before, _store.Read("k").Value);
        Assert.Equal(["other"], changed);
    }

    [Fact]
    public void Configure_WithoutACredential_DropsItAtOnce()
    {
        _store.Configure([new FileCredentialDefinition("k", _folder.Write("token", "one"))]);
        _store.Configure([]);
        Assert.Null(_store.Read("k").Value);
    }

    [Fact]
    public void Configure_NameGoesToAnotherSource_NeverAnswersWithTheOldValue()
    {
        _store.Configure([new FileCredentialDefinition("k", _folder.Write("token", "one"))]);
        _store.Configure([new FileCredentialDefinition("k", _folder.Combine("absent"))]);
        Assert.Equal($"file {_folder.Combine("absent")} does not exist", _store.Read("k").Problem);
    }

    [Fact]
    public void Configure_UnknownKindOfSource_IsUnavailable()
    {
        _store.Configure([new UnknownDefinition("k")]);
        Assert.Null(_store.Read("k").Value);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/proc/self/environ")]
    public void Configure_NotARegularFile_IsUnavailable(string path)
    {
        _store.Configure([new FileCredentialDefinition("k", path)]);
        Assert.NotNull(_store.Read("k").Problem);
    }

    [Fact]
    public async Task Configure_Pipe_DoesNotWaitForAWriter()
    {
        string pipe = _folder.Combine("pipe");
        using Process process = Process.Start("mkfifo", pipe);
        await process.WaitForExitAsync();
        _store.Configure([new FileCredentialDefinition("k", pipe)]);
        Assert.Equal($"file {pipe} is empty", _store.Read("k").Problem);
    }

    [Fact]
    public void Configure_LinkLoop_IsUnavailable()
    {
        File.CreateSymbolicLink(_folder.Combine("a"), _folder.Combine("b"));
        File.CreateSymbolicLink(_folder.Combine("b"), _folder.Combine("a"));
        _store.Configure([new FileCredentialDefinition("k", _folder.Combine("a"))]);
        Assert.NotNull(_store.Read("k").Problem);
    }

    [Fact]
    public void Configure_WorldReadableFile_WarnsOnce()
    {
        ImmutableArray<CredentialDefinition> definitions = [new FileCredentialDefinition("k", _folder.Write("token", "one", (UnixFileMode)0b110_100_100))];
        _store.Configure(definitions);
        _store.Configure(definitions);
        Assert.Equal(1, _log.CountOf(1403));
        Assert.Equal("one", _store.Read("k").Value?.Reveal());
    }

    [Fact]
    public async Task Logs_AnySequence_NeverHoldAValue()
    {
        const string Canary = "canary-8c1f2b";
        using Variable variable = new(Canary + "\r\nX: y");
        string path = _folder.Write("token", Canary, (UnixFileMode)0b110_100_100);
        List<string> problems = [];
        _store.Changed += names => problems.AddRange(names.Select(name => _store.Read(name).ToString()));
        _store.Configure([new FileCredentialDefinition("k", path), new EnvCredentialDefinition("e", variable.Name)]);
        foreach (string content in new[] { Canary + "\0", Canary + "\r\nHost: evil", Canary + "\u00e9", "", new string('x', 70_000) + Canary, Canary + "2" })
        {
            _folder.Write("next", content);
            File.Move(_folder.Combine("next"), path, overwrite: true);
            await Eventually.TrueAsync(() => _store.Read("k").Value is not null == content.EndsWith('2'), "the file is followed");
        }
        Assert.NotEmpty(problems);
        Assert.DoesNotContain(Canary, _log.Everything + string.Join('\n', problems), StringComparison.Ordinal);
    }

    private sealed record UnknownDefinition(string Name) : CredentialDefinition(Name);

    private sealed class Variable : IDisposable
    {
        public Variable(string? value) => Set(value);

        public string Name { get; } = $"CAGENT_TEST_{Guid.NewGuid():N}";

        public void Set(string? value) => Environment.SetEnvironmentVariable(Name, value);

        public void Dispose() => Set(null);
    }
}
