// SPDX-License-Identifier: Apache-2.0
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>Puts the test of the records behind all others of its class.</summary>
public sealed class LastTest : ITestCaseOrderer
{
    public const string Name = "Cagent.EndToEnd.Tests.Attacks.LastTest";
    public const string Assembly = "Cagent.EndToEnd.Tests";

    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase => testCases.OrderBy(test => test.TestMethod.Method.Name.StartsWith("Attacks_", StringComparison.Ordinal));
}
