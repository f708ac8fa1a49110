// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Dns;
using Cagent.TestKit.Files;
using Cagent.TestKit.Internet;
using Cagent.TestKit.Processes;

namespace Cagent.Load.Overhead;

/// <summary>Starts an origin, a plain Envoy and the real Cagent, and takes every case through every way in turn.</summary>
internal static class OverheadRun
{
    private const string Open = "open.example.com";
    private const string WithKey = "key.example.com";
    private const string Pinned = "pinned.example.com";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private static readonly ImmutableArray<(string Name, Func<Way, bool, OverheadOptions, Task<Cell>> Measure)> Cases =
    [
        ("paced", Measuring.PacedAsync),
        ("unbounded", Measuring.UnboundedAsync),
        ("events", Measuring.EventsAsync),
        ("download", Measuring.DownloadAsync),
        ("handshake", Measuring.HandshakesAsync),
    ];

    public static async Task<OverheadReport> MeasureAsync(OverheadOptions options)
    {
        using TemporaryFolder folder = new();
        await using TestInternet internet = TestInternet.Start();
        ImmutableArray<string> hosts = [.. Enumerable.Range(0, options.Entries - 3).Select(number => $"d{number}.example.com"), Open, WithKey, Pinned];
        internet.Dns.Set("*.example.com", DnsAnswer.Of(TimeSpan.FromMinutes(10), IPAddress.Loopback));
        X509Certificate2 identity = internet.Issue("*.example.com");
        string pfx = folder.Combine("origin.pfx");
        await File.WriteAllBytesAsync(pfx, identity.Export(X509ContentType.Pkcs12));
        await using RunningProcess origin = RunningProcess.Start(Environment.ProcessPath!, ["origin", pfx], keepsInput: true);
        string ready = (await origin.WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), StartLimit)).Text;
        int port = int.Parse(ready["ready ".Length..], CultureInfo.InvariantCulture);

        string certificate = folder.Combine("plain.pem");
        string key = folder.Combine("plain.key");
        await File.WriteAllTextAsync(certificate, identity.ExportCertificatePem());
        await File.WriteAllTextAsync(key, identity.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        string policy = folder.Combine("authz.yaml");
        await File.WriteAllTextAsync(policy, Policy(internet, hosts, port));
        await using RunningProcess authz = RunningProcess.Start(
            CagentProcess.DefaultExecutable, ["authz", "serve", "--policy", policy, "--port", "0"], VariablesOf(options));
        string serving = (await authz.WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), StartLimit)).Text;
        await using PlainEnvoy plain = await PlainEnvoy.StartAsync(hosts, port, internet.CaFile, certificate, key, IPEndPoint.Parse(serving.Split(' ')[1]));
        await using CagentProcess cagent = await CagentProcess.StartAsync(new CagentOptions
        {
            Policy = Policy(internet, hosts, port),
            StartTimeout = StartLimit,
            Environment = VariablesOf(options),
        });

        X509Certificate2Collection roots = internet.Ca.Trust();
        X509Certificate2Collection minted = [];
        minted.ImportFromPemFile(Path.Combine(cagent.StateFolder, "interception-ca.pem"));
        int envoy = cagent.Process.Descendants("envoy").Single();
        Way[] ways =
        [
            new("direct", Open, null, port, roots),
            new("plain passthrough", Open, plain.Passthrough, port, roots, plain.Id),
            new("cagent passthrough", Pinned, cagent.Proxy, port, roots, envoy, cagent.Process.Id),
            new("plain interception", Open, plain.Interception, port, roots, plain.Id),
            new("plain, decided", Open, plain.Decided, port, roots, plain.Id, authz.Id),
            new("cagent, decided", Open, cagent.Proxy, port, minted, envoy, cagent.Process.Id),
            new("cagent, injected", WithKey, cagent.Proxy, port, minted, envoy, cagent.Process.Id),
        ];
        try
        {
            return await MeasureAsync([.. ways.Where(way => options.Ways.Split(',').Any(name => way.Name.StartsWith(name.Trim(), StringComparison.Ordinal)))], options);
        }
        catch (Exception)
        {
            // What failed is in there: a process that is gone, a request that was denied.
            Console.Error.WriteLine(cagent.Process.Describe());
            throw;
        }
    }

    private static async Task<OverheadReport> MeasureAsync(Way[] ways, OverheadOptions options)
    {
        OverheadReport report = new(ways.Select(way => way.Name));
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach ((string name, Func<Way, bool, OverheadOptions, Task<Cell>> measure) in Cases.Where(item => item.Name.StartsWith(options.Cases, StringComparison.Ordinal)))
            {
                foreach (bool isHttp2 in new[] { false, true })
                {
                    foreach (Way way in ways)
                    {
                        report.Add($"{name} {(isHttp2 ? "h2" : "h1")}", way.Name, await measure(way, isHttp2, options));
                    }
                }
            }

            Console.Error.WriteLine($"round {round} of {options.Rounds}");
        }

        return report;
    }

    private static ImmutableDictionary<string, string> VariablesOf(OverheadOptions options) =>
        ImmutableDictionary<string, string>.Empty.Add("OVERHEAD_KEY", "not-a-secret-of-anybody").AddRange(options.Environment);

    private static string Policy(TestInternet internet, IEnumerable<string> hosts, int port) =>
        $"version: 1\ndns: {{upstream: [\"{internet.PolicyDns}\"]}}\ndefaults: {{tls: {{mode: intercept, trusted_ca: {internet.CaFile}}}}}\n"
        + "credentials: {key: {from: env, name: OVERHEAD_KEY}}\ndomains:\n"
        + string.Concat(hosts.Select(host => $"  - {{domain: {host}, port: {port}, addresses: [127.0.0.0/8], {Rules(host)}}}\n"));

    private static string Rules(string host) => host switch
    {
        Pinned => "tls: {mode: passthrough}",
        WithKey => "allow: [\"GET /**\"], credential: {use: key, header: Authorization, format: \"Bearer {value}\"}",
        _ => "allow: [\"GET /**\"]",
    };
}
