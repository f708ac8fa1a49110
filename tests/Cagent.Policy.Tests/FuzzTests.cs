// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Tests;

/// <summary>No text makes the loader throw, and none both fails and yields a policy. Seeds are fixed, so that a failure repeats.</summary>
public sealed class FuzzTests
{
    private static readonly string Valid = File.ReadAllText(Path.Combine(GoldenFolder.Path, "complete-example", "cagent.yaml"));

    private static readonly string Whole = File.ReadAllText(Path.Combine(GoldenFolder.Path, "whole-language", "cagent.yaml"));

    // 50,000 texts; a night's factor of 20 makes them a million.
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("CAGENT_PROPERTY_FACTOR"), NumberStyles.None, CultureInfo.InvariantCulture, out int factor) ? factor : 1;

    private static readonly string[] Tokens =
    [
        "\n", "\n  ", "\t", " ", "- ", ": ", ":", "{", "}", "[", "]", ",", "\"", "'", "*", "**.", "&a", "*a", "!", "!!int ", "|", ">", "|-\n", "%", "@", "`", "#", "---\n", "...\n", "? ", "<<: ",
        "\\", "\0", "\r", "\u0085", "\u2028", "\ufeff", "\ud800", "é", "1", "0x", "~", "null", "true", "version: 1\n", "domains:", "domain", "%2F", "\u007f", "%YAML 9.9\n", "%TAG ! x\n",
    ];

    [Fact]
    public void Load_MutationsOfAValidPolicy_NeverThrow()
    {
        Random random = new(20_240_101);
        for (int i = 0; i < 10_000 * Factor; i++)
        {
            string text = Valid;
            for (int mutations = random.Next(1, 5); mutations > 0; mutations--)
            {
                text = Mutate(text, random);
            }

            Check(text);
        }
    }

    [Fact]
    public void Load_MutationsOfTheWholeLanguageAndItsFiles_NeverThrow()
    {
        Random random = new(26_11_22);
        const string Profile = "version: 1\nparameters: {host: {type: host}, port: {type: port, default: \"443\"}, key: {type: credential, optional: true}}\ndomains:\n  - {domain: \"${host}\", port: \"${port}\", credential: {use: \"${key}\", header: X-Api-Key}}\n";
        for (int i = 0; i < 10_000 * Factor; i++)
        {
            string text = Mutate(Whole, random);
            string profile = Mutate(Profile, random);
            PolicyLoadOptions options = new()
            {
                Honoured = PolicyFeatures.All,
                Now = PolicyTexts.Now,
                Overlays = ["overlay.yaml"],
                ReadFile = path => path.Contains("profiles", StringComparison.Ordinal) ? new PolicyFileText(profile, null) : new PolicyFileText(Mutate(Valid, random), null),
            };
            Check(text, options);
        }
    }

    [Fact]
    public void Load_RandomTokens_NeverThrow()
    {
        Random random = new(7);
        for (int i = 0; i < 30_000 * Factor; i++)
        {
            Check(string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => Tokens[random.Next(Tokens.Length)])));
        }
    }

    [Fact]
    public void Load_PolicyCutAnywhere_IsRefusedOrIsAWholePrefix()
    {
        int whole = PolicyLoader.Load(Valid, "cagent.yaml").Policy!.Entries.Length;
        for (int length = 0; length < Valid.Length; length++)
        {
            PolicyLoadResult result = Check(Valid[..length]);
            Assert.True(result.Policy is null || result.Policy.Entries.Length <= whole);
            Assert.True(result.Policy is null || length > Valid.IndexOf("version: 1", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("[", 100_000)]
    [InlineData("{a: ", 100_000)]
    [InlineData("- ", 100_000)]
    [InlineData("? ", 100_000)]
    [InlineData("a: &a [*a, *a]\n", 20_000)]
    [InlineData("a: b\n", 150_000)]
    [InlineData("'", 500_001)]
    [InlineData("!", 500_000)]
    public void Load_Bomb_IsRefused(string unit, int count) => Assert.Null(Check(string.Concat(Enumerable.Repeat(unit, count))).Policy);

    private static PolicyLoadResult Check(string text, PolicyLoadOptions? options = null)
    {
        PolicyLoadResult result = PolicyLoader.Load(text, "cagent.yaml", options);
        Assert.Equal(result.Policy is null, result.Diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assert.All(result.Diagnostics, diagnostic => Assert.True(diagnostic.Location is { Line: >= 1, Column: >= 1 }));
        Assert.All(result.Diagnostics.Take(3).Select(diagnostic => DiagnosticExcerpt.Of(diagnostic, text)), excerpt =>
            Assert.True(excerpt is null || (excerpt.Start <= excerpt.Text.Length && excerpt.Length >= 1)));
        return result;
    }

    private static string Mutate(string text, Random random)
    {
        int at = random.Next(text.Length + 1);
        int length = Math.Min(random.Next(1, 40), text.Length - at);
        return random.Next(5) switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, Tokens[random.Next(Tokens.Length)]),
            2 => text.Insert(at, text.Substring(at, length)),
            3 => text[..at],
            _ => text.Remove(at, Math.Min(1, length)).Insert(at, ((char)random.Next(0x20, 0x7f)).ToString()),
        };
    }
}
