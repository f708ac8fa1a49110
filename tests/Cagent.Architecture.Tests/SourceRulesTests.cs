// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Cagent.Architecture.Tests;

/// <summary>Rules of style that no analyser checks.</summary>
public sealed class SourceRulesTests
{
    private const int MaxLines = 400;

    [Fact]
    public void Files_All_BeginWithTheLicence() =>
        Assert.Empty(Sources.Product.Concat(Sources.Tests).Where(path => File.ReadLines(path).FirstOrDefault() != "// SPDX-License-Identifier: Apache-2.0").Select(Sources.Relative));

    [Fact]
    public void ProductFiles_All_AreShort() =>
        Assert.Empty(Sources.Product.Where(path => File.ReadLines(path).Count() > MaxLines).Select(Sources.Relative));

    [Fact]
    public void ProductFiles_All_HoldOnePublicType() => Assert.Empty(Sources.Product
        .Where(path => Regex.Count(File.ReadAllText(path), @"^public (?:\w+ )*(?:class|struct|interface|enum|record|delegate) ", RegexOptions.Multiline) > 1)
        .Select(Sources.Relative));

    /// <summary>A type that can only be called so has no job yet. Generated code prescribes the names of the Grpc.Core surface.</summary>
    [Fact]
    public void ProductFiles_All_HaveATellingName() => Assert.Empty(Sources.Product
        .Where(path => !Sources.Relative(path).StartsWith("src/Cagent.Grpc/Core/", StringComparison.Ordinal))
        .Where(path => Regex.IsMatch(Path.GetFileName(path).Split('.')[0], "(Manager|Helper|Helpers|Util|Utils|Utility|Info|Data|Base|Impl)$"))
        .Select(Sources.Relative));

    [Fact]
    public void Files_All_LeaveNothingForLater()
    {
        // In two parts, or this file would be found.
        Regex later = new(@"\b(TO" + @"DO|FIX" + @"ME|XX" + @"X|HA" + @"CK)\b");
        Assert.Empty(Sources.Product.Concat(Sources.Tests).Where(path => later.IsMatch(File.ReadAllText(path))).Select(Sources.Relative));
    }

    [Fact]
    public void Files_All_HaveNoRegions() =>
        Assert.Empty(Sources.Product.Concat(Sources.Tests).Where(path => Regex.IsMatch(File.ReadAllText(path), @"^\s*#region", RegexOptions.Multiline)).Select(Sources.Relative));
}
