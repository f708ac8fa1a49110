// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.PolicySource;
using Cagent.TestKit.Files;

namespace Cagent.ControlPlane.Tests.PolicySource;

public sealed class PolicyFileReaderTests : IDisposable
{
    private const int MaxBytes = 1000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(MaxBytes - 1)]
    [InlineData(MaxBytes)]
    public async Task ReadAsync_UpToTheLimit_GivesTheBytes(int size)
    {
        byte[] content = [.. Enumerable.Range(0, size).Select(i => (byte)i)];
        File.WriteAllBytes(_folder.Combine("f"), content);
        PolicyFileReading reading = await ReadAsync(_folder.Combine("f"));
        Assert.Null(reading.Problem);
        Assert.Equal(content, reading.Content);
    }

    [Fact]
    public async Task ReadAsync_OneByteTooMany_SaysTheLimit()
    {
        File.WriteAllBytes(_folder.Combine("f"), new byte[MaxBytes + 1]);
        PolicyFileReading reading = await ReadAsync(_folder.Combine("f"));
        Assert.Contains("1000 bytes", reading.Problem, StringComparison.Ordinal);
        Assert.Empty(reading.Content);
    }

    [Fact]
    public async Task ReadAsync_EndlessDevice_IsBounded() =>
        Assert.Contains("larger", (await ReadAsync("/dev/zero")).Problem, StringComparison.Ordinal);

    [Fact]
    public async Task ReadAsync_MissingFile_IsAProblem() =>
        Assert.Contains("does not exist", (await ReadAsync(_folder.Combine("none/f"))).Problem, StringComparison.Ordinal);

    [Fact]
    public async Task ReadAsync_Folder_IsAProblem() =>
        Assert.Contains("folder", (await ReadAsync(_folder.Path)).Problem, StringComparison.Ordinal);

    private static Task<PolicyFileReading> ReadAsync(string path) =>
        new PolicyFileReader(MaxBytes, TimeProvider.System).ReadAsync(path, CancellationToken.None);
}
