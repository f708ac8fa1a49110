// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Authz;

/// <summary>The limits that an allowed request lives under.</summary>
/// <param name="Timeout">Time to the response headers.</param>
/// <param name="IdleTimeout">Time without a byte after which it ends.</param>
public sealed record EntryLimits(TimeSpan Timeout, TimeSpan IdleTimeout);
