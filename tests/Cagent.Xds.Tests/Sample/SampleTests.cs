// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Cagent.Grpc.Client;
using Cagent.TestKit.Files;
using Cagent.Xds.Tests.Conformance;
using Cagent.Xds.Tests.Streams;
using Envoy.Config.Core.V3;

namespace Cagent.Xds.Tests.Sample;

/// <summary>The program of docs/xds.md is the one that is compiled, and does what the page says.</summary>
public sealed class SampleTests
{
    private const string Folder = "tests/Cagent.Xds.Sample";

    [Fact]
    public void Document_HoldsTheProgram()
    {
        string[] program = [.. File.ReadAllLines(Path.Combine(RepositoryRoot.Path, Folder, "Program.cs")).Skip(1)];
        Assert.InRange(program.Length, 1, 30);
        Assert.Contains(
            $"```csharp\n{string.Join('\n', program)}\n```\n", File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "xds.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_PublishesWhatItReads()
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(RepositoryRoot.Path, Folder, "bin", RepositoryRoot.Configuration, "net10.0", "Cagent.Xds.Sample.dll"), "0"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string address = (await ReadAsync(process)).Split(' ')[^1];
        int port = int.Parse(address.Split(':')[^1], CultureInfo.InvariantCulture);
        using HttpChannel channel = HttpChannel.ForAddress(new Uri($"http://127.0.0.1:{port}"));
        using Driver client = new(channel.CreateCallInvoker(), Variants.Of("IA"), "node-1");
        await client.SendAsync("cds", new DriverRequest("") { Node = new Node { Id = "node-1", Cluster = "egress" } });

        // Nobody need be known to the server yet, and then nobody has accepted it.
        await process.StandardInput.WriteLineAsync("first");
        Assert.Equal(["first"], (await client.NextAsync("cds")).Versions.Keys);
        Assert.StartsWith("revision-1 is ", await ReadAsync(process), StringComparison.Ordinal);

        // The server may have answered and not yet counted the node.
        int revision = 1;
        string verdict;
        do
        {
            revision++;
            await process.StandardInput.WriteLineAsync($"backend-{revision}");
            Assert.Equal([$"backend-{revision}"], (await client.TakeAsync("cds")).Versions.Keys);
            await client.AckAsync("cds");
            verdict = await ReadAsync(process);
        }
        while (verdict == $"revision-{revision} is not accepted by everyone" && revision < 20);

        Assert.Equal($"revision-{revision} is in force", verdict);
        await process.StandardInput.WriteLineAsync("other");
        Assert.Equal(["other"], (await client.TakeAsync("cds")).Versions.Keys);
        await client.NackAsync("cds", "other is no good");
        Assert.StartsWith("node-1 refused type.googleapis.com/envoy.config.cluster.v3.Cluster: other is no good", await ReadAsync(process), StringComparison.Ordinal);
        Assert.Equal($"revision-{revision + 1} is not accepted by everyone", await ReadAsync(process));

        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(XdsHost.Patience);
        Assert.Equal(0, process.ExitCode);
    }

    private static async Task<string> ReadAsync(Process process) => await process.StandardOutput.ReadLineAsync().WaitAsync(XdsHost.Patience) ?? "(end)";
}
