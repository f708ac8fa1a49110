// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;

namespace Cagent.Domains.Tests;

/// <summary>Runs a property on generated cases and fails with the smallest counterexample.</summary>
internal static class Property
{
    public static void Holds<T>(Gen<T> cases, Func<T, bool> property, int count = 10_000) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count).WithQuietOnSuccess(true), Prop.ForAll(cases.ToArbitrary(), property));

    /// <summary>Texts of up to <paramref name="length"/> tokens, so that the cases lie close to what the parser looks for.</summary>
    public static Gen<string> Tokens(int length, params string[] tokens) =>
        from count in Gen.Choose(0, length)
        from parts in Gen.ArrayOf(Gen.Elements(tokens), count)
        select string.Concat(parts);
}
