// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using static Cagent.EndToEnd.Tests.Pushes.PushDeployment;

namespace Cagent.EndToEnd.Tests.Pushes;

/// <summary>
/// A policy after the other, each drawn from the one before: entries come, go, change their kind, rules, addresses, credential and second name;
/// credentials change their secret; agents come, go, are stopped, change their address or get entries of their own.
/// </summary>
internal sealed class PolicyGenerator(Random random, PushDeployment site)
{
    /// <summary>Some mixtures are no policy.</summary>
    private const int MaxAttempts = 100;

    private readonly Dictionary<string, string> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _own = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, string> _secrets = ImmutableDictionary<string, string>.Empty.Add("one", "A").Add("two", "B");
    private string _agents = "";
    private ImmutableDictionary<string, string> _clients = ImmutableDictionary<string, string>.Empty;
    private int _number;

    /// <summary>The next one.</summary>
    public PushedPolicy Next()
    {
        string problem = "";
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            Redraw();
            // The name of its own makes each a new revision, also where all else is as before.
            string text = $"{site.Deployment.Head}  one: {{from: env, name: SECRET_{_secrets["one"]}}}\n  two: {{from: env, name: SECRET_{_secrets["two"]}}}\n"
                + string.Create(CultureInfo.InvariantCulture, $"domains:\n  - {{domain: push-{_number}.example.com}}\n") + string.Concat(_shared.Values) + _agents;
            if (PushedPolicy.TryLoad(text, _clients, _secrets.ToImmutableDictionary(secret => secret.Key, secret => SecretOf(secret.Value)), out problem) is { } policy)
            {
                _number++;
                return policy;
            }
        }

        throw new InvalidOperationException(problem);
    }

    private void Redraw()
    {
        foreach (string host in (string[])[.. Hosts, PlainHost])
        {
            if (IsOneOf(3) || !_shared.ContainsKey(host))
            {
                _shared[host] = IsOneOf(6) ? "" : EntryOf(host);
            }
        }

        // Behind the host that has no entry, perhaps: no address of the tests is open to it.
        _shared["wildcard"] = IsOneOf(4) ? $"  - {{domain: \"*.example.com\", port: {site.Web.Port}{(IsOneOf(2) ? ", " + Use() : "")}}}\n" : "";
        if (IsOneOf(8))
        {
            _secrets = _secrets.SetItem(Pick("one", "two"), Pick("A", "B", "C"));
        }

        if (_agents.Length == 0 || IsOneOf(4))
        {
            RedrawAgents();
        }
    }

    private string EntryOf(string host)
    {
        bool isPlain = host == PlainHost ? !IsOneOf(12) : IsOneOf(16);
        bool isPinned = !isPlain && IsOneOf(4);
        List<string> fields = [$"domain: {host}", $"port: {(host == PlainHost ? site.PlainWeb.Port : site.Web.Port)}"];
        Add(fields, !IsOneOf(7), "addresses: [127.0.0.0/8]");
        Add(fields, isPlain, "scheme: http");
        Add(fields, isPinned, "tls: passthrough");
        if (!isPinned)
        {
            Add(fields, !IsOneOf(4), "websocket: true");
            Add(fields, IsOneOf(6), "max_request_body: 1MiB");
            Add(fields, IsOneOf(8), "read_only: true");
            Add(fields, IsOneOf(3), $"allow: [{Pick("\"GET /a/**\"", "\"GET,POST /b/**\"", "\"GET /a/**\", \"GET /ws\"", "\"POST /**\"")}]");
            Add(fields, IsOneOf(3), $"deny: [{Pick("\"POST /**\"", "\"* /a/**\"", "\"GET /b/**\"", "\"* /ws\"")}]");
            Add(fields, IsOneOf(2), Use(isPlain));
            Add(fields, host != PlainHost && !_shared.Values.Any(entry => entry.Contains("alias:", StringComparison.Ordinal) && !entry.Contains($"domain: {host},", StringComparison.Ordinal)) && IsOneOf(2), "alias: moving");
        }

        return $"  - {{{string.Join(", ", fields)}}}\n";
    }

    private void RedrawAgents()
    {
        if (IsOneOf(10))
        {
            _agents = "\n";
            _clients = PushDeployment.Clients.ToImmutableDictionary(client => client, _ => "anonymous");
            return;
        }

        bool isSwapped = IsOneOf(3);
        (string Name, string Client, string Identity)[] all =
        [
            ("blue", isSwapped ? Second : First, $"source: {(isSwapped ? Second : First)}"),
            ("green", isSwapped ? First : Second, $"source: {(isSwapped ? First : Second)}"),
            ("ci", Token, "token: {from: env, name: CI_TOKEN}"),
        ];
        _agents = "agents:\n";
        _clients = ImmutableDictionary<string, string>.Empty;
        foreach ((string name, string client, string identity) in all)
        {
            // One stays, or there would be no block.
            if (name != "ci" && IsOneOf(10))
            {
                continue;
            }

            if (IsOneOf(3) || !_own.TryGetValue(name, out string? own))
            {
                own = _own[name] = string.Concat(Hosts.Where(_ => IsOneOf(3)).Select(host => "    " + EntryOf(host).Replace(", alias: moving", "", StringComparison.Ordinal)));
            }

            _agents += $"  - name: {name}\n    identity: {{{identity}}}\n    quarantined: {(IsOneOf(8) ? "true" : "false")}\n    domains:{(own.Length == 0 ? " []" : "")}\n{own}";
            _clients = _clients.Add(client, name);
        }
    }

    private string Use(bool isPlain = false) => $"credential: {{use: {Pick("one", "two")}, header: Authorization{(isPlain ? ", insecure_credential: true" : "")}}}";

    private static void Add(List<string> fields, bool isThere, string field)
    {
        if (isThere)
        {
            fields.Add(field);
        }
    }

    private bool IsOneOf(int count) => random.Next(count) == 0;

    private string Pick(params string[] from) => from[random.Next(from.Length)];
}
