// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Language;

namespace Cagent.Docs.Tests.Reference;

/// <summary>Shapes in words, with links to where they are described.</summary>
internal static class ShapeWords
{
    public static string Of(ValueShape shape) => shape switch
    {
        ConstantShape constant => $"`{constant.Value.ToString(CultureInfo.InvariantCulture)}`",
        FlagShape => "`true` or `false`",
        ScalarShape scalar => scalar.What,
        TextShape text => text.What,
        WholeShape whole => string.Create(CultureInfo.InvariantCulture, $"number, {whole.Min} to {whole.Max}"),
        DecimalShape number => string.Create(CultureInfo.InvariantCulture, $"number with up to two decimals, {number.Min} to {number.Max}"),
        DurationShape duration => $"[duration](#values), {duration.Min} to {duration.Max}",
        SizeShape size => $"[size](#values), {size.Min} to {size.Max}",
        MomentShape => "[moment](#values)",
        ChoiceShape choice => string.Join(", ", choice.Names.Select(name => $"`{name}`")),
        ListShape list => $"list: {Of(list.Item)}{(list.AcceptsOne ? "; one may stand alone" : "")}",
        BlockShape block => $"[{block.Keys.Name}](#{Anchor(block.Keys)})",
        OpenBlockShape block => $"[{block.Keys.Name}](#{Anchor(block.Keys)})",
        NamedShape named => $"mapping: {named.What} to {Of(named.Value)}",
        EitherShape either => string.Join(", or ", either.Alternatives.Select(Of)),
        SourceShape => "[source](#sources-of-credentials)",
        _ => "not read",
    };

    public static IEnumerable<string> CodesOf(ValueShape shape) => shape switch
    {
        TextShape { Code: { } code } => [code],
        WholeShape whole => [whole.Code],
        DecimalShape => [DiagnosticCodes.BadNumber],
        DurationShape => [DiagnosticCodes.BadDuration],
        SizeShape => [DiagnosticCodes.BadSize],
        MomentShape => [DiagnosticCodes.BadTimestamp],
        ListShape list => CodesOf(list.Item),
        EitherShape either => either.Alternatives.SelectMany(CodesOf),
        _ => [],
    };

    public static string Anchor(KeySet keys) => keys.Name.Replace(' ', '-');
}
