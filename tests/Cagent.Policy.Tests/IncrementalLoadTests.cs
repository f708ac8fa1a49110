// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Cagent.Policy.Model;

namespace Cagent.Policy.Tests;

/// <summary>What an earlier load saves is time: whatever was edited, the policy, its places and its diagnostics are those of a load from nothing.</summary>
public sealed class IncrementalLoadTests
{
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("CAGENT_PROPERTY_FACTOR"), NumberStyles.None, CultureInfo.InvariantCulture, out int factor) ? factor : 1;

    private static readonly string[] Tokens =
        ["\n", "\n  ", " ", "- ", ": ", "{", "}", "[", "]", ",", "\"", "'", "*", "&a ", "|\n", ">", "#", "# x\n", "---\n", "domain", "é", "😀", "\r\n", "a", "1", ".", "/**", "  - domain: new.example.com\n", "  - {domain: flow.example.com, read_only: true}\n"];

    [Fact]
    public void Load_RandomEdits_GivesWhatAFullLoadGives()
    {
        Random random = new(20261123);
        int taken = 0;
        for (int sequence = 0; sequence < 60 * Factor; sequence++)
        {
            string text = Start(random);
            PolicyLoadResult previous = PolicyLoader.Load(text, "cagent.yaml");
            for (int step = 0; step < 40; step++)
            {
                string edited = Edit(text, random);
                PolicyLoadResult full = PolicyLoader.Load(edited, "cagent.yaml");
                PolicyLoadResult incremental = PolicyLoader.Load(edited, "cagent.yaml", new PolicyLoadOptions { Previous = previous });
                Assert.True(Dump(full) == Dump(incremental), $"{text}\n=====>\n{edited}");
                if (full.Policy is not null)
                {
                    taken += incremental.Policy!.Entries.Count(entry => previous.Policy?.Entries.Contains(entry, ReferenceEqualityComparer.Instance) ?? false);
                    (text, previous) = (edited, incremental);
                }
            }
        }

        Assert.True(taken > 100, "hardly anything was taken over");
    }

    [Theory]
    [InlineData("timeout: 1s", "timeout: 2s")]
    [InlineData("name: K", "name: L")]
    [InlineData("# end", "dns: {upstream: [1.1.1.1]}")]
    public void Load_ChangeOutsideTheEntries_TakesNothingOver(string from, string to)
    {
        const string Text = "version: 1\ndefaults: {timeout: 1s}\ncredentials: {k: {from: env, name: K}}\ndomains:\n  - {domain: a.example.com, credential: {use: k, header: X-Api-Key}}\n  - domain: b.example.com\n# end\n";
        PolicyLoadResult first = PolicyLoader.Load(Text, "cagent.yaml");
        PolicyLoadResult second = PolicyLoader.Load(Text.Replace(from, to, StringComparison.Ordinal), "cagent.yaml", new PolicyLoadOptions { Previous = first });
        Assert.NotNull(second.Policy);
        Assert.Empty(second.Policy.Entries.Intersect(first.Policy!.Entries, ReferenceEqualityComparer.Instance));
    }

    [Fact]
    public void Load_OneEntryOfFiveChanged_TakesThoseOverThatItDoesNotTouch()
    {
        string text = "version: 1\ndomains:\n" + string.Concat(Enumerable.Range(0, 5).Select(i => $"  - {{domain: h{i}.example.com, allow: [GET /v1]}}\n"));
        PolicyLoadResult first = PolicyLoader.Load(text, "cagent.yaml");
        PolicyLoadResult second = PolicyLoader.Load(text.Replace("h4.example.com, allow: [GET /v1", "h4.example.com, allow: [GET /v2", StringComparison.Ordinal), "cagent.yaml", new PolicyLoadOptions { Previous = first });
        Assert.Equal([true, true, true, false, false], second.Policy!.Entries.Zip(first.Policy!.Entries, ReferenceEquals));
        Assert.Equal("GET /v2", second.Policy.Entries[4].Allow[0].Text);
    }

    private static string Start(Random random) => "version: 1\n"
        + (random.Next(2) == 0 ? "credentials: {k: {from: env, name: K}}\n" : "")
        + "domains:\n" + string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(i => random.Next(5) switch
        {
            0 => $"  - domain: h{i}.example.com\n    allow:\n      - GET /v1/**\n      - POST /v1/*/items\n",
            1 => $"  - {{domain: \"*.w{i}.example.com\", read_only: true}}\n",
            2 => $"  - domain: d{i}.example.com # a comment\n    description: |\n      several\n      lines\n",
            3 => $"  - domain: git{i}.internal\n    expires_at: 2099-01-01T00:00:00Z\n",
            _ => $"  - {{domain: p{i}.example.com, scheme: http, timeout: 11m}}\n",
        })) + (random.Next(2) == 0 ? "defaults: {idle_timeout: 20m}\n" : "");

    private static string Edit(string text, Random random)
    {
        int at = random.Next(text.Length + 1);
        int length = Math.Min(random.Next(1, 12), text.Length - at);
        return random.Next(6) switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, Tokens[random.Next(Tokens.Length)]),
            2 => text.Insert(text.IndexOf('\n', Math.Min(at, text.Length - 1)) + 1, Tokens[random.Next(Tokens.Length - 2, Tokens.Length)]),
            3 => text.Replace($"h{random.Next(8)}", $"h{random.Next(8)}", StringComparison.Ordinal),
            4 => text.Insert(at, text.Substring(at, length)),
            _ => text.Remove(at, Math.Min(1, length)).Insert(at, ((char)random.Next(0x20, 0x7f)).ToString()),
        };
    }

    private static string Dump(PolicyLoadResult result)
    {
        StringBuilder text = new();
        text.AppendJoin('\n', result.Diagnostics).Append('\n');
        if (result.Policy is { } policy)
        {
            Append(text, policy);
        }

        return text.ToString();
    }

    // All that a policy says, by its properties, so that none can be forgotten.
    private static void Append(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null or string or ValueType and not IEnumerable:
                text.Append(CultureInfo.InvariantCulture, $"{value};");
                break;
            case IEnumerable items:
                text.Append('[');
                foreach (object? item in items)
                {
                    Append(text, item);
                }

                text.Append(']');
                break;
            case var record when record.GetType().Namespace == typeof(ValidatedPolicy).Namespace:
                foreach (PropertyInfo property in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0))
                {
                    text.Append(property.Name).Append('=');
                    Append(text, property.GetValue(record));
                }

                break;
            default:
                text.Append(value).Append(';');
                break;
        }
    }
}
