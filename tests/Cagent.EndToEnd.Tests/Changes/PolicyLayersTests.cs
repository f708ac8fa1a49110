// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Changes;

/// <summary>Every file that a policy consists of is followed: included files, profiles and overlays; and an entry ends at its moment.</summary>
public sealed class PolicyLayersTests
{
    [EnvoyFact]
    public async Task Change_OfIncludedFileProfileAndOverlay_TakesEffect()
    {
        await using Deployment deployment = new();
        Upstream included = await deployment.Internet.AddHttpsAsync("included.example.com");
        Upstream profiled = await deployment.Internet.AddHttpsAsync("profiled.example.com");
        Upstream overlaid = await deployment.Internet.AddHttpsAsync("overlaid.example.com");
        using TemporaryFolder folder = new();
        string overlay = folder.Combine("prod.yaml");
        await File.WriteAllTextAsync(overlay, "version: 1\n");
        await deployment.StartAsync(deployment.Head, new CagentOptions { Policy = "", Arguments = ["--overlay", overlay] });
        using ProxyHttp http = deployment.Http();
        string policyFolder = Path.GetDirectoryName(deployment.Cagent.PolicyFile)!;
        string shared = Path.Combine(policyFolder, "shared.yaml");
        string profile = Path.Combine(policyFolder, "profiles", "mirror.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(profile)!);

        // Named before they exist: the files are waited for.
        deployment.Cagent.WritePolicy(deployment.Head + "include: [shared.yaml]\nprofiles: [{use: mirror, host: profiled.example.com, port: " + Text(profiled.Port) + "}]\n");
        Replace(profile, "version: 1\nparameters: {host: {type: host}, port: {type: port}}\ndomains: [{domain: \"${host}\", port: \"${port}\", addresses: [127.0.0.0/8], read_only: true}]\n");
        Replace(shared, "version: 1\ndomains:\n" + Deployment.Entry("included.example.com", included));
        await ExpectAsync(http, "included.example.com", included, 200);
        await ExpectAsync(http, "profiled.example.com", profiled, 200);
        Assert.Equal(403, await Probe.StatusAsync(http, Address("overlaid.example.com", overlaid)));

        Replace(overlay, "version: 1\ndomains:\n" + Deployment.Entry("overlaid.example.com", overlaid)
            + Deployment.Entry("included.example.com", included, "allow: [\"GET /none\"]"));
        await ExpectAsync(http, "overlaid.example.com", overlaid, 200);
        await ExpectAsync(http, "included.example.com", included, 403);

        Replace(profile, "version: 1\nparameters: {host: {type: host}, port: {type: port}}\ndomains: []\n");
        await ExpectAsync(http, "profiled.example.com", profiled, 403);

        // A broken layer changes nothing; the cure takes effect.
        Replace(shared, "version: 1\ndomains: [{domian: x}]\n");
        Replace(overlay, "version: 1\n");
        await deployment.Cagent.WaitForLineAsync(line => line.Contains("CAG1007", StringComparison.Ordinal));
        await ExpectAsync(http, "overlaid.example.com", overlaid, 200);
        Replace(shared, "version: 1\n");
        await ExpectAsync(http, "overlaid.example.com", overlaid, 403);
    }

    [EnvoyFact]
    public async Task ExpiresAt_WhenItComes_EndsTheEntryEvenBesideABrokenFile()
    {
        await using Deployment deployment = new();
        Upstream upstream = await deployment.Internet.AddHttpsAsync("a.example.com");
        await deployment.StartAsync(deployment.Head);
        using ProxyHttp http = deployment.Http();
        DateTimeOffset moment = TimeProvider.System.GetUtcNow().AddSeconds(5);
        deployment.Cagent.WritePolicy(deployment.Head + "domains:\n" + Deployment.Entry("a.example.com", upstream, "expires_at: " + moment.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
        await ExpectAsync(http, "a.example.com", upstream, 200);
        deployment.Cagent.WritePolicy("version: 1\ndomians: []\n");
        await deployment.Cagent.WaitForLineAsync(line => line.Contains("CAG1007", StringComparison.Ordinal));

        await ExpectAsync(http, "a.example.com", upstream, 403);
        Assert.True(TimeProvider.System.GetUtcNow() >= moment.AddSeconds(-1));
    }

    private static Task<TimeSpan> ExpectAsync(ProxyHttp http, string host, Upstream upstream, int status) =>
        Probe.GetAsync(http, Address(host, upstream), status, TimeProvider.System.GetTimestamp());

    private static string Address(string host, Upstream upstream) => $"https://{host}:{Text(upstream.Port)}/";

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static void Replace(string file, string text)
    {
        File.WriteAllText(file + ".new", text);
        File.Move(file + ".new", file, overwrite: true);
    }
}
