// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Faults;

/// <summary>
/// Guarantee: after an edit that does not load the last good policy serves, standard error and <c>status.json</c> say what is wrong and
/// exactly where, and the next valid edit applies. Each case edits the running policy; <c>▶</c> marks where its error is.
/// </summary>
public sealed class InvalidEditTests(InvalidEditSite fixture) : IClassFixture<InvalidEditSite>
{
    private const char Mark = '▶';

    public static TheoryData<string, string, string, string> Edits => new()
    {
        { "tab", "    websocket: true", "▶\twebsocket: true", "CAG1002" },
        { "unclosed quote", "\"GET /ws\"]", "▶\"GET /ws]", "CAG1001" },
        { "unclosed bracket", "addresses: [127.0.0.0/8]\n    websocket", "addresses: ▶[127.0.0.0/8\n    websocket", "CAG1001" },
        { "list among keys", "dns: ", "▶- one\ndns: ", "CAG1001" },
        { "unknown key of an entry", "    websocket", "    ▶websockets", "CAG1007" },
        { "unknown top-level key", "domains:", "▶domians:", "CAG1007" },
        { "unknown key of tls", "mode: intercept", "▶mod: intercept", "CAG1007" },
        { "duplicate key", "    websocket: true\n", "    websocket: true\n    ▶websocket: true\n", "CAG1008" },
        { "planned block", "credentials:", "agents: [{name: ci, identity: {▶container_label: {a: b}}}]\ncredentials:", "CAG1009" },
        { "missing file", "credentials:", "include: [▶other.yaml]\ncredentials:", "CAG1080" },
        { "second document", "domains:", "▶---\ndomains:", "CAG1010" },
        { "anchor", "addresses: [", "addresses: ▶&loopback [", "CAG1011" },
        { "text for a list", "[\"GET /status/**\", \"GET /ws\"]", "▶GET /status/**", "CAG1012" },
        { "missing version", "version: 1\n", "# version: 1\n▶", "CAG1014" },
        { "version from the future", "version: 1", "version: ▶2", "CAG1014" },
        { "unknown mode", "mode: intercept", "mode: ▶inspect", "CAG1015" },
        { "URL for a domain", "domain: api", "domain: ▶https://api", "CAG1020" },
        { "everything", "domain: api.example.com", "domain: ▶\"*\"", "CAG1020" },
        { "duplicate entry", "tls: passthrough}\n", "tls: passthrough}\n  - {domain: ▶PINNED.example.com., port: $PINNED, tls: passthrough}\n", "CAG1021" },
        { "address in disguise", "domain: api.example.com", "domain: ▶\"0x7f.1\"", "CAG1020" },
        { "port", "  - {domain: ", "  - {domain: more.example.com, port: ▶70000}\n  - {domain: ", "CAG1023" },
        { "address of a host", "  - {domain: ", "  - {domain: ▶127.1, port: 1}\n  - {domain: ", "CAG1020" },
        { "lower-case method", "\"GET /ws\"", "▶\"get /ws\"", "CAG1030" },
        { "wildcard in the middle", "\"GET /ws\"", "▶\"GET /**/ws\"", "CAG1030" },
        { "allow beside read_only", "    websocket: true\n", "    websocket: true\n    read_only: ▶true\n", "CAG1031" },
        { "empty allow", "[\"GET /status/**\", \"GET /ws\"]", "▶[]", "CAG1034" },
        { "path of what is not seen", "tls: passthrough}", "tls: passthrough, allow: ▶[\"GET /\"]}", "CAG1035" },
        { "wrong credential name", "use: canary", "use: ▶canray", "CAG1040" },
        { "forbidden header", "header: Authorization", "header: ▶Host", "CAG1042" },
        { "format without a value", "\"Bearer {value}\"", "▶\"Bearer\"", "CAG1043" },
        { "value in the file", "name: CANARY_TOKEN}", "name: CANARY_TOKEN, ▶value: 1}", "CAG1007" },
        { "no network", "addresses: [127.0.0.0/8]", "addresses: [▶127.0.0.0/99]", "CAG1050" },
        { "metadata service", "addresses: [127.0.0.0/8]", "addresses: [▶169.254.169.254/32]", "CAG1051" },
        { "no duration", "    websocket: true\n", "    websocket: true\n    timeout: ▶30\n", "CAG1060" },
        { "no resolver", "dns: {upstream: [", "dns: {upstream: [▶\"dns.example.com\", ", "CAG1062" },
        { "missing CA file", "mode: intercept, trusted_ca: ", "mode: intercept, trusted_ca: ▶/nonexistent", "CAG1063" },
    };

    [EnvoyTheory]
    [MemberData(nameof(Edits))]
    public async Task InvalidEdit_OfTheRunningPolicy_IsReportedAndTheLastGoodServes(string name, string old, string edited, string code)
    {
        SteadySite site = fixture.Site;
        string good = site.Policy;
        Assert.Contains(old, good, StringComparison.Ordinal);
        string marked = good.Replace(old, edited.Replace("$PINNED", $"{site.Pinned.Port}", StringComparison.Ordinal), StringComparison.Ordinal);
        int at = marked.IndexOf(Mark, StringComparison.Ordinal);
        string before = marked[..at];
        string expected = $"{site.Cagent.PolicyFile}:{before.Count(c => c == '\n') + 1}:{at - before.LastIndexOf('\n')}: error {code}: ";
        // The case before may have failed half-way.
        StatusDocument last = await site.RestorePolicyAsync();
        int printed = site.Cagent.Lines.Count;

        site.Cagent.WritePolicy(marked.Remove(at, 1));

        StatusDocument invalid = await site.WaitForStatusAsync(status => status.State == "invalid", $"\"invalid\" after: {name}");
        Assert.True(invalid.Diagnostics.Any(line => line.StartsWith(expected, StringComparison.Ordinal)), $"no \"{expected}\" in {string.Join(" | ", invalid.Diagnostics)}");
        Assert.Equal(last.Revision, invalid.Revision);
        await site.Cagent.WaitUntilAsync(
            () => site.Cagent.Lines.Skip(printed).Any(line => line.IsError && line.Text.Contains(expected, StringComparison.Ordinal)), SteadySite.Limit, $"\"{expected}\" on standard error");
        await site.AssertServesAsync();

        string path = $"/edit/{fixture.NextEdit()}";
        Assert.Equal(403, await site.GetAsync(path));
        site.Cagent.WritePolicy(good.Replace("\"GET /ws\"", $"\"GET /ws\", \"GET {path}\"", StringComparison.Ordinal));
        await Eventually.TrueAsync(async () => await site.GetAsync(path) == 200, SteadySite.Limit, "the next valid edit");
        await site.WaitForStatusAsync(status => status.State == "effective" && status.Revision != last.Revision, "the next valid edit");
    }

    [EnvoyFact]
    public async Task InvalidEdit_WithMoreCaFilesThanCanBeFollowed_IsAnErrorLikeAnyOther()
    {
        SteadySite site = fixture.Site;
        await site.RestorePolicyAsync();

        site.Cagent.WritePolicy(site.Policy + string.Concat(Enumerable.Range(0, 257).Select(i =>
            $"  - {{domain: host-{i}.example.com, tls: {{mode: intercept, trusted_ca: /nonexistent/{i}.pem}}}}\n")));

        await site.WaitForStatusAsync(status => status.Diagnostics.Any(line => line.Contains(
            ": error CAG1063: the policy names 258 trusted_ca files, and at most 256 can be followed", StringComparison.Ordinal)), "too many CA files");
        await site.AssertServesAsync();
        await site.RestorePolicyAsync();
    }
}
