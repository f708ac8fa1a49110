// SPDX-License-Identifier: Apache-2.0
namespace Cagent.EndToEnd.Tests.Pushes;

/// <summary>A request as an upstream received it.</summary>
/// <param name="Id">The number that its client gave it.</param>
/// <param name="Host">The host that the upstream was asked for, without a port.</param>
/// <param name="Authorization">What stands in <c>authorization</c>, or null.</param>
/// <param name="At">The timestamp of its head.</param>
internal sealed record Arrival(int Id, string Host, string? Authorization, long At);
