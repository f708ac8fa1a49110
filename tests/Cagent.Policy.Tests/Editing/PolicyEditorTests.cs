// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;
using Cagent.Policy.Editing;

namespace Cagent.Policy.Tests.Editing;

/// <summary>Edits change what they name and no other byte.</summary>
public sealed class PolicyEditorTests
{
    private const string Text = """
        version: 1        # the first key

        # Who may be reached.
        domains:
          # The first thing to try.
          - domain: api.example.com      # ours
            allow:
              # reading
              - GET /**
              - POST /v1/**              # writing
            timeout: 30s                 # long
            # credential: later

          - domain: "*.Example.org"
            read_only: true
          - {domain: db.example.com, port: 5432, tls: passthrough}   # a database

        # The end.
        dns: {upstream: [1.1.1.1]}
        """;

    [Fact]
    public void AddEntry_BlockList_StandsBehindTheLastEntryInItsStyle()
    {
        Assert.Equal(
            Text.Replace("# a database\n", "# a database\n  - domain: new.example.com\n    allow:\n      - GET /a\n", StringComparison.Ordinal),
            Edited(PolicyEditor.AddEntry(Text, "domain: new.example.com\nallow:\n  - GET /a")));
    }

    [Theory]
    [InlineData("version: 1", "version: 1\ndomains:\n  - domain: a.example.com\n")]
    [InlineData("version: 1\ndomains: []   # none\n", "version: 1\ndomains:   # none\n  - domain: a.example.com\n")]
    [InlineData("version: 1\ndomains: [{domain: b.example.com}] # one\n", "version: 1\ndomains: [{domain: b.example.com}, {domain: a.example.com}] # one\n")]
    [InlineData("version: 1\ndomains:\n- domain: b.example.com\n", "version: 1\ndomains:\n- domain: b.example.com\n- domain: a.example.com\n")]
    [InlineData("{version: 1}", "{version: 1, domains: [{domain: a.example.com}]}")]
    [InlineData("{version: 1, domains: []}", "{version: 1, domains: [{domain: a.example.com}]}")]
    [InlineData("version: 1\r\ndomains:\r\n  - domain: b.example.com\r\n# end\r\n", "version: 1\r\ndomains:\r\n  - domain: b.example.com\r\n  - domain: a.example.com\r\n# end\r\n")]
    [InlineData("version: 1\ndomains:\n  - domain: b.example.com\n    description: |\n      words\n\n# end", "version: 1\ndomains:\n  - domain: b.example.com\n    description: |\n      words\n  - domain: a.example.com\n\n# end")]
    public void AddEntry_EveryStyleOfList_KeepsIt(string before, string after) =>
        Assert.Equal(after, Edited(PolicyEditor.AddEntry(before, "domain: a.example.com")));

    [Fact]
    public void AddEntry_ToAnAgent_GoesToItsOwn()
    {
        const string agents = "version: 1\nagents:\n  - name: ci      # the bot\n    quarantined: false\n  - name: research\n";

        Assert.Equal(
            "version: 1\nagents:\n  - name: ci      # the bot\n    quarantined: false\n    domains:\n      - domain: a.example.com\n  - name: research\n",
            Edited(PolicyEditor.AddEntry(agents, "domain: a.example.com", "ci")));
    }

    [Theory]
    [InlineData("domain: API.example.com.", "has an entry already")]
    [InlineData("domain: \"*.example.org\"", "has an entry already")]
    [InlineData("- domain: x.example.com", "no mapping")]
    [InlineData("read_only: true", "no \"domain\"")]
    [InlineData("domain: [", "no mapping")]
    public void AddEntry_Impossible_ChangesNothingAndSaysWhy(string entry, string problem)
    {
        PolicyEdit edit = PolicyEditor.AddEntry(Text, entry);

        Assert.Null(edit.Text);
        Assert.Contains(problem, edit.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void RemoveEntry_FirstOfTheList_TakesItsCommentsAlong()
    {
        string after = Edited(PolicyEditor.RemoveEntry(Text, new EntrySelector("api.example.com")));

        Assert.Equal(
            "version: 1        # the first key\n\n# Who may be reached.\ndomains:\n\n  - domain: \"*.Example.org\"\n",
            after[..(after.IndexOf("    read_only", StringComparison.Ordinal))]);
        Assert.EndsWith(Text[Text.IndexOf("    read_only", StringComparison.Ordinal)..], after, StringComparison.Ordinal);
    }

    [Fact]
    public void RemoveEntry_FlowItemOfABlockList_TakesItsLine() =>
        Assert.Equal(
            Text.Replace("  - {domain: db.example.com, port: 5432, tls: passthrough}   # a database\n", "", StringComparison.Ordinal),
            Edited(PolicyEditor.RemoveEntry(Text, new EntrySelector("db.example.com", PortOf(5432)))));

    [Theory]
    [InlineData("version: 1\ndomains:   # all\n  # it\n  - domain: a.example.com\n    read_only: true\ndns: {}\n", "version: 1\ndomains: []   # all\ndns: {}\n")]
    [InlineData("version: 1\ndomains: [{domain: a.example.com}]\n", "version: 1\ndomains: []\n")]
    [InlineData("version: 1\ndomains: [{domain: a.example.com}, {domain: b.example.com}]\n", "version: 1\ndomains: [{domain: b.example.com}]\n")]
    [InlineData("version: 1\ndomains: [{domain: b.example.com}, {domain: a.example.com}]\n", "version: 1\ndomains: [{domain: b.example.com}]\n")]
    public void RemoveEntry_EveryStyleOfList_LeavesAList(string before, string after) =>
        Assert.Equal(after, Edited(PolicyEditor.RemoveEntry(before, new EntrySelector("a.example.com"))));

    [Fact]
    public void RemoveEntry_TwoPorts_WantsTheOne()
    {
        const string two = "version: 1\ndomains:\n  - domain: a.example.com\n  - domain: a.example.com\n    port: 8443\n";

        Assert.Contains("name one", PolicyEditor.RemoveEntry(two, new EntrySelector("a.example.com")).Problem, StringComparison.Ordinal);
        Assert.Equal("version: 1\ndomains:\n  - domain: a.example.com\n    port: 8443\n", Edited(PolicyEditor.RemoveEntry(two, new EntrySelector("a.example.com", Port.Https))));
    }

    [Theory]
    [InlineData("timeout", "5m", "timeout: 30s                 # long", "timeout: 5m                 # long")]
    [InlineData("read_only", "false", "# long\n", "# long\n    read_only: false\n")]
    [InlineData("allow", "[\"GET /**\"]", "      - POST /v1/**              # writing\n", "")]
    [InlineData("allow", "[GET /**, POST /v1/**, PUT /v2/*]", "# writing\n", "# writing\n      - PUT /v2/*\n")]
    [InlineData("timeout", "30s", "", "")]
    public void SetKey_BlockEntry_KeepsTheCommentsAround(string key, string value, string before, string after) =>
        Assert.Equal(
            before.Length == 0 ? Text : Text.Replace(before, after, StringComparison.Ordinal),
            Edited(PolicyEditor.SetKey(Text, new EntrySelector("api.example.com"), key, value)));

    [Theory]
    [InlineData("port", "5433", "port: 5432", "port: 5433")]
    [InlineData("enabled", "false", "tls: passthrough}", "tls: passthrough, enabled: false}")]
    public void SetKey_FlowEntry_StaysOnItsLine(string key, string value, string before, string after) =>
        Assert.Equal(Text.Replace(before, after, StringComparison.Ordinal), Edited(PolicyEditor.SetKey(Text, new EntrySelector("db.example.com"), key, value)));

    [Theory]
    [InlineData("api.example.com", "timeout", "    timeout: 30s                 # long\n", "")]
    [InlineData("db.example.com", "port", ", port: 5432", "")]
    [InlineData("api.example.com", "missing", "", "")]
    public void RemoveKey_ThereOrNot_TakesTheKeyAlone(string host, string key, string before, string after)
    {
        string expected = before.Length == 0 ? Text : Text.Replace(before, after, StringComparison.Ordinal);
        Assert.Equal(expected, Edited(PolicyEditor.RemoveKey(Text, new EntrySelector(host), key)));
    }

    [Fact]
    public void SetKey_AValueThatWouldLeaveItsPlace_IsRefused()
    {
        Assert.Null(PolicyEditor.SetKey(Text, new EntrySelector("db.example.com"), "port", "1}, x: {a: 1").Text);
        Assert.Null(PolicyEditor.SetKey(Text, new EntrySelector("api.example.com"), "timeout", "1s\nenabled: false").Text);
        Assert.Null(PolicyEditor.SetKey(Text, new EntrySelector("api.example.com"), "a: 1, b", "2").Text);
        Assert.Null(PolicyEditor.SetKey("version: [", new EntrySelector("api.example.com"), "timeout", "1s").Text);
    }

    private static string Edited(PolicyEdit edit)
    {
        Assert.Null(edit.Problem);
        return edit.Text!;
    }

    private static Port PortOf(int number) => Port.TryCreate(number, out Port port) ? port : throw new ArgumentOutOfRangeException(nameof(number));
}
