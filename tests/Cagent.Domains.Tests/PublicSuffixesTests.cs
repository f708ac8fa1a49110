// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Cagent.TestKit.Files;

namespace Cagent.Domains.Tests;

/// <summary><c>script/public-suffixes</c> runs these with the list to take, and rewrites the one that comes with the program.</summary>
public sealed class PublicSuffixesTests
{
    private static readonly string Committed = Path.Combine(RepositoryRoot.Path, "src", "Cagent.Domains", "public-suffixes.txt");

    [Fact]
    public void Bundled_File_IsInItsCompactForm()
    {
        if (Environment.GetEnvironmentVariable("CAGENT_UPDATE_PUBLIC_SUFFIXES") is { Length: > 0 } source)
        {
            File.WriteAllText(Committed, Convert(File.ReadAllLines(source), File.GetLastWriteTimeUtc(source)));
        }

        string[] lines = File.ReadAllLines(Committed);
        Assert.StartsWith("# This Source Code Form is subject to the terms of the Mozilla Public", lines[0], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.True(Ascii.IsValid(line) && line.Length > 0 && (line[0] == '#' || !line.Any(char.IsAsciiLetterUpper)), line));
        Assert.Contains(PublicSuffixes.PrivateSection, lines);
    }

    [Fact]
    public void Bundled_List_HasADateAndThousandsOfRules()
    {
        Assert.True(DateOnly.TryParseExact(PublicSuffixes.Bundled.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date));
        Assert.InRange(date, new DateOnly(2023, 1, 1), DateOnly.MaxValue);
        Assert.InRange(PublicSuffixes.Bundled.Count, 9000, 100_000);
    }

    [Theory]
    [InlineData("com", true)]
    [InlineData("no-such-last-label", true)]
    [InlineData("co.uk", true)]
    [InlineData("uk", true)]
    [InlineData("example.co.uk", false)]
    [InlineData("anything.ck", true)]
    [InlineData("www.ck", false)]
    [InlineData("x.kawasaki.jp", true)]
    [InlineData("city.kawasaki.jp", false)]
    [InlineData("xn--55qx5d.cn", true)]
    [InlineData("example.com", false)]
    [InlineData("github.io", false)]
    public void IsPublic_Suffix_IsAsListed(string suffix, bool expected) => Assert.Equal(expected, PublicSuffixes.Bundled.IsPublic(suffix));

    [Theory]
    [InlineData("github.io", true)]
    [InlineData("me.github.io", false)]
    [InlineData("us-east-1.compute.amazonaws.com", true)]
    [InlineData("compute.amazonaws.com", false)]
    [InlineData("com", false)]
    [InlineData("x.platformsh.site", true)]
    public void IsShared_Suffix_IsAsListed(string suffix, bool expected) => Assert.Equal(expected, PublicSuffixes.Bundled.IsShared(suffix));

    [Fact]
    public void Has_LongestHost_IsRead() => Assert.False(PublicSuffixes.Bundled.IsShared(string.Join('.', Enumerable.Repeat("a", 127))));

    private static string Convert(string[] lines, DateTime date)
    {
        IdnMapping mapping = new() { AllowUnassigned = true };
        StringBuilder text = new();
        text.Append("# This Source Code Form is subject to the terms of the Mozilla Public\n# License, v. 2.0. If a copy of the MPL was not distributed with this\n")
            .Append("# file, You can obtain one at https://mozilla.org/MPL/2.0/.\n#\n")
            .Append("# The public suffix list, https://publicsuffix.org/list/: its rules without comments, names as A-labels.\n")
            .Append("# Made by script/public-suffixes from Debian's package publicsuffix.\n")
            .Append(CultureInfo.InvariantCulture, $"{PublicSuffixes.DateMark}{date:yyyy-MM-dd}\n# section: icann\n");
        foreach (string line in lines)
        {
            if (line.Contains("===BEGIN PRIVATE DOMAINS===", StringComparison.Ordinal))
            {
                text.Append(PublicSuffixes.PrivateSection).Append('\n');
            }
            else if (line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
            {
                string rule = line.Split(' ', '\t')[0];
                text.Append(Ascii.IsValid(rule) ? rule : string.Join('.', rule.Split('.').Select(label => Ascii.IsValid(label) ? label : mapping.GetAscii(label)))).Append('\n');
            }
        }

        return text.ToString();
    }
}
