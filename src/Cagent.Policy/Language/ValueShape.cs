// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Language;

/// <summary>What the value of a key is, as far as it shows without the rest of the policy.</summary>
internal abstract record ValueShape;

/// <summary>One whole number and no other.</summary>
internal sealed record ConstantShape(int Value) : ValueShape;

/// <summary>Text.</summary>
/// <param name="What">What it is, such as "host".</param>
/// <param name="Pattern">What every valid text matches (ECMA-262, unanchored); the validator may ask for more. Null: any text.</param>
/// <param name="Code">The diagnostic when it is wrong.</param>
internal sealed record TextShape(string What = "text", string? Pattern = null, string? Code = null) : ValueShape;

/// <summary>Text, a number or a boolean, of which the text counts.</summary>
internal sealed record ScalarShape(string What) : ValueShape;

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed record FlagShape : ValueShape;

/// <summary>A whole number, both ends included.</summary>
internal sealed record WholeShape(long Min, long Max, string Code = Diagnostics.DiagnosticCodes.BadNumber) : ValueShape;

/// <summary>A number with up to two decimals, both ends included.</summary>
internal sealed record DecimalShape(decimal Min, decimal Max) : ValueShape;

/// <summary>A duration, both ends included, written as in the policy.</summary>
internal sealed record DurationShape(string Min = "1ms", string Max = "24h") : ValueShape;

/// <summary>A size, both ends included, written as in the policy.</summary>
internal sealed record SizeShape(string Min = "1B", string Max = "1024TiB") : ValueShape;

/// <summary>A moment.</summary>
internal sealed record MomentShape : ValueShape;

/// <summary>One of some words.</summary>
internal abstract record ChoiceShape(ImmutableArray<string> Names) : ValueShape;

/// <summary>One of some words, each with what it means.</summary>
internal sealed record ChoiceShape<T>(params ImmutableArray<(string Name, T Value)> Choices) : ChoiceShape([.. Choices.Select(choice => choice.Name)]);

/// <summary>A list.</summary>
/// <param name="Item">What each item is.</param>
/// <param name="AcceptsOne">Whether one item may stand without the list.</param>
/// <param name="MinItems">The least number of items.</param>
internal sealed record ListShape(ValueShape Item, bool AcceptsOne = false, int MinItems = 0) : ValueShape;

/// <summary>A mapping of known keys.</summary>
internal sealed record BlockShape(KeySet Keys) : ValueShape;

/// <summary>A mapping of known keys and of free ones.</summary>
internal sealed record OpenBlockShape(KeySet Keys, ValueShape Others) : ValueShape;

/// <summary>A mapping of free keys.</summary>
/// <param name="What">What the keys are.</param>
/// <param name="KeyPattern">What every valid key matches, or null.</param>
/// <param name="Value">What each value is.</param>
internal sealed record NamedShape(string What, string? KeyPattern, ValueShape Value) : ValueShape;

/// <summary>One of several shapes.</summary>
internal sealed record EitherShape(params ImmutableArray<ValueShape> Alternatives) : ValueShape;

/// <summary>Where a credential comes from: a mapping whose key <c>from</c> says which keys the others are.</summary>
internal sealed record SourceShape(ImmutableArray<SourceKeys> Sources) : ValueShape;

/// <summary>What is not read yet, so that no value is right.</summary>
internal sealed record UnreadShape : ValueShape;
