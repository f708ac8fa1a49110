// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace Cagent.EndToEnd.Tests.Commands;

/// <summary>Guarantee: what the doctor says of a runtime is what that runtime does, and the fix that it prints works.</summary>
public sealed class CaDoctorTests(DoctorRun run) : IClassFixture<DoctorRun>
{
    [Theory]
    [RuntimeData("curl", "curl")]
    [RuntimeData("openssl", "openssl")]
    [RuntimeData("python ssl", "python3")]
    [RuntimeData("python requests", "python3", "requests")]
    [RuntimeData("python httpx", "python3", "httpx")]
    [RuntimeData("pip", "pip3")]
    [RuntimeData("uv", "uv")]
    [RuntimeData("node https", "node")]
    [RuntimeData("node fetch", "node")]
    [RuntimeData("npm", "npm")]
    [RuntimeData("go", "go")]
    [RuntimeData("java", "java")]
    [RuntimeData(".NET", "dotnet")]
    [RuntimeData("git", "git")]
    [RuntimeData("cargo", "cargo")]
    public void Runtime_WithTheVariablesOfAgents_TrustsAndWithoutThemTheFixIsProven(string runtime)
    {
        Assert.True(Verdict(run.Agents[runtime]) == "trusted", run.Agents[runtime].ToString());
        JsonElement bare = run.Bare[runtime];
        Assert.True(Verdict(bare) == "not_trusted", bare.ToString());
        Assert.True(bare.GetProperty("fix_proven").GetBoolean(), bare.ToString());
        Assert.StartsWith("export ", bare.GetProperty("fix").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Debian's is built with GnuTLS and reads no variable.</summary>
    [Theory]
    [RuntimeData("wget", "wget")]
    public void Runtime_ThatReadsNoVariable_IsToldAnotherWay(string runtime)
    {
        JsonElement finding = run.Agents[runtime];
        Assert.True(Verdict(finding) == "not_trusted" && finding.GetProperty("fix_proven").GetBoolean(), finding.ToString());
        Assert.Contains(">> ~/.wgetrc", finding.GetProperty("fix").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_SomethingDoesNotTrust_ExitsWith1() => Assert.Equal(1, run.BareCode);

    [Theory]
    [RuntimeData("curl", "curl")]
    public async Task Doctor_EverythingTrusts_ExitsWith0(string runtime)
    {
        (int code, IReadOnlyDictionary<string, JsonElement> findings) = await run.RunAsync(["--only", runtime]);
        Assert.Equal(0, code);
        Assert.Equal([runtime], findings.Keys);
    }

    /// <summary>A check that is switched off takes our certificate too, and is no trust.</summary>
    [Theory]
    [RuntimeData("node https", "node")]
    public async Task Runtime_ThatTakesAnyCertificate_IsFoundOut(string runtime)
    {
        (int code, IReadOnlyDictionary<string, JsonElement> findings) = await run.RunAsync(["--only", runtime], "NODE_TLS_REJECT_UNAUTHORIZED=0");
        Assert.Equal((1, "unverified"), (code, Verdict(findings[runtime])));
    }

    private static string? Verdict(JsonElement finding) => finding.GetProperty("verdict").GetString();
}
