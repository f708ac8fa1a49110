// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>
/// What <c>cagent attack</c> is run against: two agents that are known by tokens, an entry of each kind, and <c>cagent attack canary</c> as
/// the destination that nobody may reach. Its name is in DNS, so that what gets through arrives.
/// </summary>
public sealed class AttackCommandSite : SharedDeployment
{
    public const string Api = "api.good.test";
    public const string Open = "open.good.test";
    public const string ReadOnly = "ro.good.test";
    public const string Bounded = "bounded.good.test";
    public const string Plain = "plain.good.test";
    public const string Pinned = "pin.good.test";
    public const string Two = "two.test";
    public const string Evil = "evil.test";
    public const string FirstToken = "first-token-9d1f0a2c44";
    public const string SecondToken = "second-token-51bb8e7a03";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private readonly TemporaryFolder _folder = new();

    public Upstream Web { get; private set; } = null!;

    public RunningProcess Canary { get; private set; } = null!;

    public int CanaryPort { get; private set; }

    public string Control { get; private set; } = "";

    /// <summary>The policy with which the data plane runs.</summary>
    public string Policy { get; private set; } = "";

    public string ProxyUrl => $"http://a1:{FirstToken}@{Deployment.Cagent.Proxy}";

    /// <summary>A PEM file with all that a client of the test must trust.</summary>
    public string CaFile { get; private set; } = "";

    /// <summary>The canary credential's value.</summary>
    public string SecretFile { get; private set; } = "";

    /// <summary>The arguments of a run that finds everything in the policy.</summary>
    public string[] Arguments =>
    [
        "--proxy", ProxyUrl, "--policy", Deployment.Cagent.PolicyFile, "--ca", CaFile, "--canary", $"{Evil}:{CanaryPort}", "--canary-address", "127.0.0.1", "--canary-control", Control,
    ];

    /// <summary>Starts <c>cagent attack</c>.</summary>
    public static RunningProcess Start(params string[] arguments) => RunningProcess.Start(CagentProcess.DefaultExecutable, ["attack", .. arguments], null, [FirstToken, SecondToken]);

    /// <summary>Runs it to its end, with its answer in JSON.</summary>
    public static async Task<(int Code, JsonNode Report, string Output)> RunAsync(params string[] arguments)
    {
        await using RunningProcess process = Start([.. arguments, "--output", "json"]);
        int code = await process.WaitForExitAsync(Limit);
        string output = string.Join('\n', process.Lines.Select(line => line.Text));
        string json = string.Join('\n', process.Lines.Where(line => !line.IsError).Select(line => line.Text));
        Assert.True(json.StartsWith('{'), $"no report: {process.Describe()}");
        return (code, JsonNode.Parse(json)!, output);
    }

    /// <summary>The ids of the rows with a verdict.</summary>
    public static string[] Ids(JsonNode report, string verdict) =>
        [.. report["attacks"]!.AsArray().Where(attack => attack!["verdict"]!.GetValue<string>() == verdict).Select(attack => attack!["id"]!.GetValue<string>())];

    /// <summary>Starts a canary and reads where it is.</summary>
    public static async Task<(RunningProcess Process, int Port, string Control)> StartCanaryAsync(params string[] arguments)
    {
        RunningProcess process = Start(["canary", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", .. arguments]);
        string ready = (await process.WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), Limit)).Text;
        string[] parts = ready.Split(' ');
        return (process, int.Parse(parts[1].Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture), parts[2]["control=".Length..]);
    }

    public override async Task DisposeAsync()
    {
        if (Canary is not null)
        {
            await Canary.DisposeAsync();
        }

        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        Web = await deployment.Internet.AddHttpsAsync(Api, certificateNames: [Api, Open, ReadOnly, Bounded, Two]);
        Upstream plain = await deployment.Internet.AddHttpAsync(Plain);
        TlsEcho echo = deployment.Internet.AddTlsEcho(Pinned);
        (Canary, CanaryPort, Control) = await StartCanaryAsync();
        foreach (string name in (string[])[Open, ReadOnly, Bounded, Two, Evil])
        {
            deployment.Internet.Dns.Set(name, System.Net.IPAddress.Loopback);
        }

        Policy = deployment.Head + "domains:\n"
            + Deployment.Entry(Api, Web, "allow: [\"GET /v1/**\"], deny: [\"* /v1/secret/**\"], credential: {use: canary, header: Authorization, format: \"Bearer {value}\"}")
            + Deployment.Entry(Open, Web)
            + Deployment.Entry(ReadOnly, Web, "read_only: true")
            + Deployment.Entry(Bounded, Web, "max_request_body: 1KiB")
            + Deployment.Entry(Plain, plain, "scheme: http, allow: [\"GET /v1/**\"]")
            + Deployment.Entry(Pinned, echo.Port, "tls: passthrough")
            + "agents:\n"
            + "  - {name: a1, identity: {token: {from: env, name: FIRST_TOKEN}}}\n"
            + "  - name: a2\n    identity: {token: {from: env, name: SECOND_TOKEN}}\n    domains:\n"
            + "    " + Deployment.Entry(Two, Web);
        await deployment.StartAsync(Policy, new CagentOptions
        {
            Policy = Policy,
            Environment = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("FIRST_TOKEN", FirstToken).Add("SECOND_TOKEN", SecondToken),
        });
        CaFile = _folder.Write("ca.pem", deployment.Trust.ExportCertificatePems());
        SecretFile = _folder.Write("secret", deployment.Secret + "\n");
    }
}
