// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Cagent.Domains;

/// <summary>
/// A set of HTTP methods out of a closed list. CONNECT, TRACE and TRACK are in no set, so no rule can allow them. Methods are
/// case-sensitive. The default value is the empty set. Immutable.
/// </summary>
public readonly record struct MethodSet
{
    private static readonly ImmutableArray<string> Known =
    [
        "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE",
        "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH",
    ];

    private readonly uint _bits;

    private MethodSet(uint bits) => _bits = bits;

    /// <summary>Every method of the closed list, written <c>*</c>.</summary>
    public static MethodSet Any { get; } = new((1u << Known.Length) - 1);

    /// <summary>GET, HEAD and OPTIONS: what <c>read_only</c> leaves.</summary>
    public static MethodSet ReadOnly { get; } = new(0b111);

    /// <summary>The methods of the set, in the order of the closed list.</summary>
    public ImmutableArray<string> Methods
    {
        get
        {
            uint bits = _bits;
            return [.. Known.Where((_, index) => (bits & (1u << index)) != 0)];
        }
    }

    /// <summary>Reads <c>*</c> or a comma-separated list without spaces.</summary>
    /// <param name="text">Such as <c>GET,HEAD</c>.</param>
    /// <param name="methods">The set.</param>
    /// <param name="problem">What is wrong, as a sentence part of its own.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out MethodSet methods, [NotNullWhen(false)] out string? problem)
    {
        methods = default;
        problem = string.IsNullOrEmpty(text) ? "no method is named" : null;
        if (text == "*")
        {
            methods = Any;
            return true;
        }

        uint bits = 0;
        foreach (string token in text?.Split(',') ?? [])
        {
            uint bit = BitOf(token);
            problem ??= bit == 0 ? DescribeUnknown(token) : (bits & bit) != 0 ? $"{token} is named twice" : null;
            bits |= bit;
        }

        methods = problem is null ? new MethodSet(bits) : default;
        return problem is null;
    }

    /// <summary>The set of one method, so that many rules are asked without comparing its text again; empty when no rule can name it.</summary>
    public static MethodSet Of(ReadOnlySpan<char> method) => new(BitOf(method));

    /// <summary>Whether the set has no method.</summary>
    public bool IsEmpty => _bits == 0;

    /// <summary>Whether the set has this method, spelled exactly so.</summary>
    public bool Contains(ReadOnlySpan<char> method) => (_bits & BitOf(method)) != 0;

    /// <summary>Whether the two have a method in common.</summary>
    public bool Overlaps(MethodSet other) => (other._bits & _bits) != 0;

    /// <summary>Whether the set has every method of the other.</summary>
    public bool Covers(MethodSet other) => (other._bits & ~_bits) == 0;

    /// <summary><c>*</c> or the methods with commas, in the order of the closed list; what <see cref="TryParse"/> reads.</summary>
    public override string ToString() => this == Any ? "*"
        : System.Numerics.BitOperations.IsPow2(_bits) ? Known[System.Numerics.BitOperations.TrailingZeroCount(_bits)]
        : string.Join(',', Methods);

    private static uint BitOf(ReadOnlySpan<char> method)
    {
        for (int i = 0; i < Known.Length; i++)
        {
            if (method.SequenceEqual(Known[i]))
            {
                return 1u << i;
            }
        }

        return 0;
    }

    private static string DescribeUnknown(string token)
    {
        string upper = token.ToUpperInvariant();
        return token switch
        {
            "" => "a method between commas is missing",
            "*" => "'*' means every method and stands alone",
            _ when upper is "CONNECT" or "TRACE" or "TRACK" => $"{upper} can never be allowed or denied by a rule",
            _ when BitOf(upper) != 0 => $"methods are upper case: {upper}",
            _ => $"the method is none of {string.Join(' ', Known)}",
        };
    }
}
