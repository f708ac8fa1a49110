// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>A <c>budget</c>.</summary>
internal sealed record BudgetConfig(SourceLocation Location, string KeyPath, Located<long>? Requests, Located<long>? Bytes, Located<BudgetPeriod>? Per);
