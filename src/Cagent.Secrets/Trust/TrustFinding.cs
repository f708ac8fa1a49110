// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Trust;

/// <summary>What the doctor found of one runtime.</summary>
/// <param name="Runtime">Its name, such as <c>python requests</c>.</param>
/// <param name="Verdict">Whether it trusts the CA.</param>
/// <param name="Program">The executable; null when there is none.</param>
/// <param name="Detail">What it said, in one line, when it did not connect; null otherwise.</param>
/// <param name="Fix">A command or variable that makes it trust the CA; null when it does, or is not here.</param>
/// <param name="IsProven">Whether it did trust the CA with exactly that fix.</param>
public sealed record TrustFinding(string Runtime, TrustVerdict Verdict, string? Program, string? Detail = null, string? Fix = null, bool IsProven = false);
