// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Envoys;
using Cagent.TestKit.Files;

namespace Cagent.ControlPlane.Tests.Envoys;

public sealed class EnvoyBinaryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\n/usr/bin/envoy  version: 9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL\n", "1.40.0", "")]
    [InlineData("envoy version: ab/1.9.12/Modified/DEBUG/x", "1.9.12", "")]
    [InlineData("envoy version: ab/1.41.0-dev/Clean/RELEASE/x", "1.41.0", "dev")]
    [InlineData("envoy version: ab/1.40.0 dev/Clean/RELEASE/x", null, "")]
    [InlineData("envoy version: ab/1.40.0", null, "")]
    [InlineData("version 1.40.0", null, "")]
    [InlineData("", null, "")]
    public void TryParseVersion_KnownForms_FindsIt(string output, string? version, string label)
    {
        Assert.Equal(version is not null, EnvoyBinary.TryParseVersion(output, out Version? found, out string foundLabel));
        Assert.Equal((version, label), (found?.ToString(), foundLabel));
    }

    [Fact]
    public async Task InspectAsync_Link_GivesTheTarget()
    {
        string target = FakeEnvoyBinary.Write(_folder.Combine("real"), "");
        File.CreateSymbolicLink(_folder.Combine("envoy"), "real");
        Assert.Equal(new EnvoyBinary(target, new Version(1, 40, 0)), await InspectAsync("envoy"));
    }

    [Fact]
    public async Task InspectAsync_Missing_SaysHowToNameIt() =>
        Assert.Contains("ENVOY_BIN", (await Assert.ThrowsAsync<EnvoyUnavailableException>(() => InspectAsync("none"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task InspectAsync_NotExecutable_SaysWhatToRun()
    {
        File.WriteAllText(_folder.Combine("envoy"), "");
        Assert.Contains("chmod", (await Assert.ThrowsAsync<EnvoyUnavailableException>(() => InspectAsync("envoy"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InspectAsync_NotEnvoy_IsRefused()
    {
        File.Copy("/bin/true", _folder.Combine("envoy"));
        await Assert.ThrowsAsync<EnvoyUnavailableException>(() => InspectAsync("envoy"));
    }

    [Fact]
    public async Task InspectAsync_NotAProgram_IsRefused()
    {
        File.WriteAllText(_folder.Combine("envoy"), "garbage");
        File.SetUnixFileMode(_folder.Combine("envoy"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await Assert.ThrowsAsync<EnvoyUnavailableException>(() => InspectAsync("envoy"));
    }

    private Task<EnvoyBinary> InspectAsync(string name) =>
        EnvoyBinary.InspectAsync(_folder.Combine(name), TimeProvider.System, CancellationToken.None);
}
