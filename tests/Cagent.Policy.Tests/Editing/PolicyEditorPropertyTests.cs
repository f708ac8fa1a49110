// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Policy.Editing;

namespace Cagent.Policy.Tests.Editing;

/// <summary>Random policies in random styles, edited at random: the rest stays as it was, byte for byte, and what was done can be undone.</summary>
public sealed class PolicyEditorPropertyTests
{
    private const int Cases = 3_000;

    [Fact]
    public void AddThenRemove_AnyStyle_GivesTheSameBytes()
    {
        Random random = new(11);
        for (int i = 0; i < Cases; i++)
        {
            (string text, int entries) = RandomPolicies.Create(random);
            string? added = PolicyEditor.AddEntry(text, random.Next(2) == 0 ? "domain: new.example.com\nallow:\n  - GET /x\n" : "{domain: new.example.com, read_only: true}").Text;
            Assert.NotNull(added);
            Assert.Equal(entries + 1, Count(added));

            string? removed = PolicyEditor.RemoveEntry(added, new EntrySelector("new.example.com")).Text;

            Assert.NotNull(removed);
            Assert.Equal(entries, Count(removed));
            if (entries > 0 && text.EndsWith('\n'))
            {
                Assert.Equal(text, removed);
            }
        }
    }

    [Fact]
    public void RemoveEntry_AnyOfThem_LeavesTheOthersLinesAlone()
    {
        Random random = new(12);
        for (int i = 0; i < Cases; i++)
        {
            (string text, int entries) = RandomPolicies.Create(random);
            if (entries == 0)
            {
                continue;
            }

            int gone = random.Next(entries);
            string? after = PolicyEditor.RemoveEntry(text, new EntrySelector($"h{gone}.example.com")).Text;

            Assert.NotNull(after);
            Assert.Equal(entries - 1, Count(after));
            if (entries > 1)
            {
                // With the last one, "[]" comes behind the key too.
                AssertOneCut(text, after);
            }

            for (int other = 0; other < entries; other++)
            {
                Assert.Equal(other != gone, after.Contains($"h{other}.example.com", StringComparison.Ordinal));
                Assert.Equal(other != gone, after.Contains($"# above {other}", StringComparison.Ordinal) == text.Contains($"# above {other}", StringComparison.Ordinal) && other != gone);
            }
        }
    }

    [Fact]
    public void SetKey_ThereAndBack_GivesTheSameBytes()
    {
        Random random = new(13);
        for (int i = 0; i < Cases; i++)
        {
            (string text, int entries) = RandomPolicies.Create(random);
            if (entries == 0)
            {
                continue;
            }

            EntrySelector entry = new($"h{random.Next(entries)}.example.com");
            string? changed = PolicyEditor.SetKey(text, entry, "timeout", "77s").Text;
            Assert.NotNull(changed);
            Assert.NotEqual(text, changed);
            AssertOneCut(text.Replace("30s", "", StringComparison.Ordinal), changed.Replace("30s", "", StringComparison.Ordinal).Replace("77s", "", StringComparison.Ordinal));

            string? back = HadTimeout(text, changed)
                ? PolicyEditor.SetKey(changed, entry, "timeout", "30s").Text
                : PolicyEditor.RemoveKey(changed, entry, "timeout").Text;

            Assert.Equal(text, back);
        }
    }

    [Fact]
    public void Edits_OfAnyText_NeverThrow()
    {
        Random random = new(14);
        for (int i = 0; i < Cases; i++)
        {
            StringBuilder text = new(RandomPolicies.Create(random).Text);
            for (int mutation = random.Next(4); mutation > 0 && text.Length > 0; mutation--)
            {
                int at = random.Next(text.Length);
                text[at] = "\n \t-:{}[]#\"'&*!|>%@`a1,?"[random.Next(23)];
            }

            string broken = text.ToString();
            EntrySelector entry = new("h0.example.com");
            AssertEither(PolicyEditor.AddEntry(broken, "domain: new.example.com"));
            AssertEither(PolicyEditor.RemoveEntry(broken, entry));
            AssertEither(PolicyEditor.SetKey(broken, entry, "read_only", "true"));
            AssertEither(PolicyEditor.RemoveKey(broken, entry, "allow"));
        }
    }

    private static void AssertEither(PolicyEdit edit) => Assert.True(edit.Text is null != edit.Problem is null);

    // One piece may differ: what is left of both sides of it is all of the shorter text.
    private static void AssertOneCut(string longer, string shorter)
    {
        if (longer.Length < shorter.Length)
        {
            (longer, shorter) = (shorter, longer);
        }

        int start = longer.AsSpan().CommonPrefixLength(shorter);
        int end = 0;
        while (end < shorter.Length - start && longer[^(end + 1)] == shorter[^(end + 1)])
        {
            end++;
        }

        Assert.Equal(shorter.Length, start + end);
    }

    private static bool HadTimeout(string before, string after) => before.Split("30s").Length > after.Split("30s").Length;

    private static int Count(string text) => PolicyLoader.Load(text, "p.yaml") is { Policy: { } policy } ? policy.Entries.Length : throw new InvalidOperationException(text);
}
