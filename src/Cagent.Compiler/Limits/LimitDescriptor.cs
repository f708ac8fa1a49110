// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Limits;

/// <summary>One pair of a bucket's name, as Envoy's rate limit descriptors have them.</summary>
/// <param name="Key"><c>entry</c> or <c>agent</c>.</param>
/// <param name="Value">The value; null stands for each one that occurs, with a bucket of its own.</param>
public sealed record LimitDescriptor(string Key, string? Value);
