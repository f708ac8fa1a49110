// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Cagent.TestKit.Generation;

/// <summary>Runs a property on generated cases and fails with the smallest counterexample.</summary>
public static class PropertyTest
{
    // CAGENT_PROPERTY_FACTOR multiplies the cases of a run: 20 for a night, 1 otherwise.
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("CAGENT_PROPERTY_FACTOR"), NumberStyles.None, CultureInfo.InvariantCulture, out int factor) ? factor : 1;

    /// <summary>Fails unless the property is true of every case.</summary>
    public static void Holds<T>(Gen<T> cases, Func<T, bool> property, int count = 10_000) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count * Factor).WithQuietOnSuccess(true), Prop.ForAll(cases.ToArbitrary(), property));

    /// <summary>The same for a property that fails by an assertion, which says more than false.</summary>
    public static void Holds<T>(Gen<T> cases, Action<T> property, int count = 10_000) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count * Factor).WithQuietOnSuccess(true), Prop.ForAll(cases.ToArbitrary(), property));

    /// <summary>The same for cases that know their smaller neighbours; the case that fails is made smaller while one of them fails too.</summary>
    public static void Holds<T>(Gen<T> cases, Func<T, IEnumerable<T>> smaller, Action<T> property, int count = 10_000) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count * Factor).WithQuietOnSuccess(true), Prop.ForAll(Arb.From(cases, smaller), property));

    /// <summary>Texts of up to <paramref name="length"/> tokens, so that the cases lie close to what the parser looks for.</summary>
    public static Gen<string> Tokens(int length, params string[] tokens) =>
        from count in Gen.Choose(0, length)
        from parts in Gen.ArrayOf(Gen.Elements(tokens), count)
        select string.Concat(parts);
}
