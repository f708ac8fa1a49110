// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Generation;
using FsCheck;
using FsCheck.Fluent;

namespace Cagent.Domains.Tests;

public sealed class HostTableTests
{
    private static readonly string[] Labels = ["a", "b", "c"];

    [Theory]
    [InlineData("a.b.c.test", "a.b.c.test:443")]
    [InlineData("z.b.c.test", "*.b.c.test:443")]
    [InlineData("y.z.b.c.test", "**.b.c.test:443")]
    [InlineData("z.c.test", "**.c.test:443")]
    [InlineData("c.test", null)]
    [InlineData("other.test", null)]
    [InlineData("test", null)]
    public void Find_SeveralMatches_ReturnsTheMostSpecific(string host, string? expected) =>
        Assert.Equal(expected, Table("**.c.test:443", "**.b.c.test:443", "*.b.c.test:443", "a.b.c.test:443").Find(Cases.Host(host), Port.Https));

    [Fact]
    public void Find_OneLabelBesideLongerAnyDepth_ReturnsOneLabel() =>
        Assert.Equal("*.c.test:443", Table("*.c.test:443", "**.c.test:443").Find(Cases.Host("b.c.test"), Port.Https));

    [Fact]
    public void Find_MoreSpecificEntryOfAnotherPort_PlaysNoPart() =>
        Assert.Equal("*.c.test:443", Table("b.c.test:80", "*.c.test:443").Find(Cases.Host("b.c.test"), Port.Https));

    [Fact]
    public void Find_Address_MatchesExactlyOnly()
    {
        HostTable<string> table = Table("192.0.2.1:80", "**.c.test:80");
        Assert.Equal("192.0.2.1:80", table.Find(Cases.Host("192.0.2.1"), Port.Http));
        Assert.Null(table.Find(Cases.Host("192.0.2.2"), Port.Http));
    }

    [Fact]
    public void Find_EmptyTable_FindsNothing() => Assert.Null(Table().Find(Cases.Host("a.test"), Port.Https));

    [Fact]
    public void Constructor_TwoEntriesOfOneKey_Throws() => Assert.Throws<ArgumentException>(() => Table("a.test:443", "a.test:443"));

    [Fact]
    public void Find_AnyTable_EqualsALinearSearch()
    {
        Gen<string> name = from count in Gen.Choose(1, 3)
                           from labels in Gen.ArrayOf(Gen.Elements(Labels), count)
                           select string.Join('.', labels) + ".x.test";
        Gen<EntryKey> key = from prefix in Gen.Elements("", "*.", "**.")
                            from suffix in name
                            from port in Gen.Elements(80, 443)
                            select Cases.Key($"{prefix}{suffix}:{port}");
        var cases = from count in Gen.Choose(0, 12)
                    from keys in Gen.ArrayOf(key, count)
                    from host in name
                    from port in Gen.Elements(Port.Http, Port.Https)
                    select (Keys: keys.Distinct().ToArray(), Host: Cases.Host(host), Port: port);
        PropertyTest.Holds(cases, one =>
        {
            EntryKey? expected = one.Keys
                .Where(candidate => candidate.Port == one.Port && candidate.Host.Matches(one.Host))
                .Order(Comparer<EntryKey>.Create((left, right) => HostPattern.CompareSpecificity(left.Host, right.Host)))
                .FirstOrDefault();
            return new HostTable<EntryKey>(one.Keys.Select(candidate => (candidate, candidate))).Find(one.Host, one.Port) == expected;
        });
    }

    [Fact]
    public void Find_ManyLabels_AllocatesNothing()
    {
        HostTable<string> table = Table("**.c.test:443", "*.b.c.test:443", "a.b.c.test:443");
        HostName host = Cases.Host("q.r.s.t.c.test");
        table.Find(host, Port.Https);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            table.Find(host, Port.Https);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static HostTable<string> Table(params string[] keys) => new(keys.Select(key => (Cases.Key(key), key)));
}
