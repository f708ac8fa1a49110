// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Xunit.Sdk;

namespace Cagent.Grpc.Interop.Tests.Cases;

/// <summary>One row for each case but those that a <see cref="CannotAttribute"/> on the same method takes out.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AllCasesAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => InteropCase.All
        .Except(testMethod.GetCustomAttributes<CannotAttribute>().Select(cannot => cannot.Name))
        .Select(name => new object[] { name });
}
