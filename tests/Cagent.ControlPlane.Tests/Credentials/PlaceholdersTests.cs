// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Versioning;
using Cagent.ControlPlane.Credentials;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.TestKit.Files;

namespace Cagent.ControlPlane.Tests.Credentials;

[SupportedOSPlatform("linux")]
public sealed class PlaceholdersTests
{
    private static readonly CredentialUse Use = new("github", "authorization", "Bearer {value}", false, new SourceLocation("cagent.yaml", 1, 1)) { Placeholder = true };

    [Theory]
    [InlineData("ghp_{36}", "^ghp_[A-Za-z0-9]{36}$")]
    [InlineData("{200}", "^[A-Za-z0-9]{200}$")]
    [InlineData("a.{20}~b", @"^a\.[A-Za-z0-9]{20}~b$")]
    public void Of_Format_LooksLikeIt(string format, string expected) =>
        Assert.Matches(expected, new Placeholders(new byte[32]).Of("ci", Use with { PlaceholderFormat = format }));

    [Fact]
    public void Of_SameOfAll_IsTheSame_AndAnotherOfAnyIsAnother()
    {
        using TemporaryFolder folder = new();
        using TemporaryFolder other = new();
        Placeholders ours = Placeholders.Open(folder.Path);
        string[] all =
        [
            ours.Of("ci", Use), ours.Of("c", Use), ours.Of("ci", Use with { Name = "gitlab" }), ours.Of("ci", Use with { PlaceholderFormat = "cagent_{41}" })[..47], Placeholders.Open(other.Path).Of("ci", Use),
        ];

        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(all[0], Placeholders.Open(folder.Path).Of("ci", Use with { Header = "x-api-key" }));
    }

    [Fact]
    public void Open_Key_IsForTheOwnerAlone_AndADamagedOneIsRefused()
    {
        using TemporaryFolder folder = new();
        Placeholders.Open(folder.Path);
        string key = folder.Combine("placeholder.key");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        File.WriteAllBytes(key, new byte[31]);
        Assert.Throws<IOException>(() => Placeholders.Open(folder.Path));
    }
}
