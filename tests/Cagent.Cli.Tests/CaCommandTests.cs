// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Cagent.TestKit.Files;

namespace Cagent.Cli.Tests;

/// <summary><c>cagent ca</c> on the files of a state directory: what it says, what it leaves, and that no key is ever shown.</summary>
public sealed class CaCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Commands => ["init", "import", "rotate", "retire", "show", "bundle", "env", "doctor"];

    private string State => _folder.Combine("state");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_OfEach_HasExamplesAndExitCodes(string name)
    {
        string help = (await CommandLine.RunAsync("ca", name, "--help")).Output;
        Assert.Contains($"\n    cagent ca {name}", help.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("Exit code 0: ", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show")]
    [InlineData("bundle")]
    [InlineData("env")]
    [InlineData("rotate")]
    [InlineData("retire")]
    [InlineData("doctor")]
    public async Task Command_NoCa_SaysHowToMakeOneAndMakesNone(string name)
    {
        CommandLine run = await RunAsync(name);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("cagent: there is no", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Combine("state/pki/ca.key")));
    }

    [Fact]
    public async Task Init_ThenShow_TheFingerprintIsThatOfTheCertificate()
    {
        Assert.Equal(0, (await RunAsync("init")).ExitCode);
        CommandLine show = await RunAsync("show", "--json");
        JsonNode signing = JsonNode.Parse(show.Output)!["authorities"]![0]!;
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(_folder.Combine("state/pki/ca.crt")));
        Assert.Equal(certificate.GetCertHashString(HashAlgorithmName.SHA256), ((string?)signing["sha256"])!.Replace(":", "", StringComparison.Ordinal));
        Assert.Equal("signing", (string?)signing["role"]);
        Assert.Equal(certificate.Subject, (string?)signing["subject"]);
        Assert.Contains((string)signing["sha256"]!, (await RunAsync("show")).Output, StringComparison.Ordinal);
        Assert.True(File.Exists((string?)JsonNode.Parse(show.Output)!["bundle"]));

        CommandLine again = await RunAsync("create");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("cagent ca rotate", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_Now_OldAndNewAreInTheBundleUntilRetired()
    {
        await RunAsync("init");
        string first = await RoleAsync("signing");
        CommandLine planned = await RunAsync("rotate", "--after", "2h");
        Assert.Equal(0, planned.ExitCode);
        Assert.Equal(first, await RoleAsync("signing"));
        string next = await RoleAsync("next");
        Assert.Equal(2, (await OwnAsync()).Count);

        Assert.Equal(0, (await RunAsync("rotate", "--now", "--overlap", "30d")).ExitCode);
        Assert.Equal((next, first), (await RoleAsync("signing"), await RoleAsync("previous")));
        Assert.Equal(2, (await OwnAsync()).Count);
        Assert.Equal(1, (await RunAsync("rotate")).ExitCode);

        Assert.Equal(0, (await RunAsync("retire")).ExitCode);
        Assert.Single(await OwnAsync());
        Assert.Equal(1, (await RunAsync("retire")).ExitCode);
    }

    [Fact]
    public async Task Retire_Next_TakesItOutOfTheBundle()
    {
        await RunAsync("init");
        await RunAsync("rotate");
        Assert.Equal(0, (await RunAsync("retire", "--next")).ExitCode);
        Assert.Single(await OwnAsync());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("5 h")]
    [InlineData("-1h")]
    [InlineData("91d")]
    [InlineData("99999999999d")]
    public async Task Rotate_WrongSpan_IsRefused(string span)
    {
        await RunAsync("init");
        CommandLine run = await RunAsync("rotate", "--after=" + span);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--after", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_OwnRoot_IsShownAndItsKeyNever()
    {
        (string certificate, string key) = WriteRoot();
        CommandLine run = await RunAsync("import", "--cert", certificate, "--key", key);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("CN=Corp root", run.Output, StringComparison.Ordinal);
        string secret = string.Concat((await File.ReadAllLinesAsync(key))[1..^1])[..24];
        string[] outputs = [run.Output, .. await Task.WhenAll(((string[][])[["show"], ["show", "--json"], ["bundle"], ["bundle", "--own"], ["env"]]).Select(async one => (await RunAsync(one)).Output))];
        Assert.All(outputs, output => Assert.DoesNotContain(secret, output, StringComparison.Ordinal));
        Assert.All(outputs, output => Assert.DoesNotContain("PRIVATE", output, StringComparison.Ordinal));

        CommandLine again = await RunAsync("import", "--cert", certificate, "--key", key);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("--rotate", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_Rotate_FollowsTheCaThatIsThere()
    {
        await RunAsync("init");
        (string certificate, string key) = WriteRoot();
        Assert.Equal(0, (await RunAsync("import", "--cert", certificate, "--key", key, "--rotate", "--now")).ExitCode);
        Assert.Contains("CN=Corp root", JsonNode.Parse((await RunAsync("show", "--json")).Output)!["authorities"]![0]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(2, (await OwnAsync()).Count);
    }

    [Fact]
    public async Task Import_WrongFile_SaysWhichAndExitsWith1()
    {
        (string certificate, _) = WriteRoot();
        CommandLine run = await RunAsync("import", "--cert", certificate, "--key", _folder.Combine("absent"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(_folder.Combine("absent"), run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("state/pki")));
    }

    [Fact]
    public async Task Env_InAShell_SetsEveryVariableAndAddsToJavasOptions()
    {
        await RunAsync("init");
        string lines = (await RunAsync("env", "--prefix", "/with space/it's")).Output;
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", "JAVA_TOOL_OPTIONS=-Dx=y\n" + lines + "\nprintf '%s|' \"$SSL_CERT_FILE\" \"$NODE_EXTRA_CA_CERTS\" \"$JAVA_TOOL_OPTIONS\""]) { RedirectStandardOutput = true })!;
        string output = await shell.StandardOutput.ReadToEndAsync();
        Assert.Equal("/with space/it's/ca.pem|/with space/it's/interception-ca.pem|-Dx=y -Djavax.net.ssl.trustStore=/with space/it's/ca.jks|", output);
        JsonNode json = JsonNode.Parse((await RunAsync("env", "--json")).Output)!;
        Assert.Equal(_folder.Combine("state/ca.pem"), (string?)json["CURL_CA_BUNDLE"]);
        Assert.Equal((await RunAsync("env")).Output, (await RunAsync("doctor", "--env")).Output);
    }

    private async Task<CommandLine> RunAsync(params string[] arguments) => await CommandLine.RunAsync(["ca", .. arguments, "--state", State]);

    private async Task<string> RoleAsync(string role) => (string)JsonNode.Parse((await RunAsync("show", "--json")).Output)!["authorities"]!.AsArray().Single(one => (string?)one!["role"] == role)!["sha256"]!;

    private async Task<X509Certificate2Collection> OwnAsync()
    {
        X509Certificate2Collection all = [];
        all.ImportFromPem((await RunAsync("bundle", "--own")).Output);
        return all;
    }

    private (string Certificate, string Key) WriteRoot()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Corp root", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 root = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        string keyFile = _folder.Write("root.key", key.ExportPkcs8PrivateKeyPem() + "\n");
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return (_folder.Write("root.pem", root.ExportCertificatePem() + "\n"), keyFile);
    }
}
