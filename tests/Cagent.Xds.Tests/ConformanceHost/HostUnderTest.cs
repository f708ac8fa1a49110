// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Cagent.Grpc.Client;
using Cagent.TestKit.Files;
using Cagent.Xds.Resources;
using Cagent.Xds.Tests.Conformance;
using Cagent.Xds.Tests.Streams;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Xds.Tests.ConformanceHost;

/// <summary>The conformance host as a process, and its control port. Disposal ends the process.</summary>
internal sealed class HostUnderTest : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _control;
    private readonly HttpChannel _channel;

    private HostUnderTest(Process process, int xdsPort, int controlPort, int? restPort)
    {
        _process = process;
        RestPort = restPort;
        _control = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{controlPort}") };
        _channel = HttpChannel.ForAddress(new Uri($"http://127.0.0.1:{xdsPort}"));
    }

    public static string Program { get; } = Path.Combine(
        RepositoryRoot.Path, "tests", "Cagent.Xds.ConformanceHost", "bin", RepositoryRoot.Configuration, "net10.0", "Cagent.Xds.ConformanceHost.dll");

    /// <summary>Null unless the host was started with one.</summary>
    public int? RestPort { get; }

    public static async Task<HostUnderTest> StartAsync(params string[] more)
    {
        Process process = Run(["--xds-port", "0", "--control-port", "0", "--removal-grace-ms", "20", .. more]);
        string line = await process.StandardOutput.ReadLineAsync().WaitAsync(XdsHost.Patience) ?? "";
        int[] ports = [.. line.Split(' ').Skip(1).Select(part => int.Parse(part.Split('=')[1], CultureInfo.InvariantCulture))];
        return new HostUnderTest(process, ports[0], ports[1], ports.Length > 2 ? ports[2] : null);
    }

    public static Process Run(params string[] args) => Process.Start(new ProcessStartInfo("dotnet", [Program, .. args])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    public Driver Connect(string variant, string node) => new(_channel.CreateCallInvoker(), Variants.Of(variant), node);

    /// <summary>Sets the state of a node from texts such as <c>cds/a=1</c>.</summary>
    public async Task SetAsync(string node, params string[] resources)
    {
        var body = new
        {
            node,
            resources = resources.Select(Snapshots.Resource).GroupBy(resource => resource.TypeUrl).ToDictionary(group => group.Key, group => group.Select(Describe)),
        };
        using HttpResponseMessage response = await _control.PostAsJsonAsync("/state", body);
        response.EnsureSuccessStatusCode();
    }

    public async Task<HttpResponseMessage> PostAsync(string json) =>
        await _control.PostAsync(new Uri("/state", UriKind.Relative), new StringContent(json));

    public async Task ForgetAsync(string node)
    {
        using HttpResponseMessage response = await _control.DeleteAsync(new Uri($"/state?node={node}", UriKind.Relative));
        response.EnsureSuccessStatusCode();
    }

    public async Task<T> GetAsync<T>(string path) => (await _control.GetFromJsonAsync<T>(path))!;

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _control.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(XdsHost.Patience);
        _process.Dispose();
    }

    private static object Describe(XdsResource resource) => new
    {
        name = resource.Name,
        version_hint = "hint",
        any = Convert.ToBase64String(new Any { TypeUrl = resource.TypeUrl, Value = resource.Body }.ToByteArray()),
    };
}
