// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Attack;

/// <summary>One input of an attack that did not go as it should. Printable, without credentials.</summary>
/// <param name="Input">What was sent.</param>
/// <param name="Expected">What should have come back.</param>
/// <param name="Observed">What did.</param>
public sealed record AttackEvidence(string Input, string Expected, string Observed);
