// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Expectations;

/// <summary>What reading a test file gives.</summary>
/// <param name="Expectations">The file, or null when a diagnostic is an error.</param>
/// <param name="Diagnostics">All that is wrong, in file order.</param>
public sealed record ExpectationsLoadResult(PolicyExpectations? Expectations, ImmutableArray<Diagnostic> Diagnostics);
