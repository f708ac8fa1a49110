// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Differences;

/// <summary>One thing that differs.</summary>
/// <param name="Effect">What it does.</param>
/// <param name="Text">It in words.</param>
public sealed record DifferenceDetail(DifferenceEffect Effect, string Text);
