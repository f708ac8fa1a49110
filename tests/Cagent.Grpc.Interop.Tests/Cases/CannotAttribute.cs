// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Xunit.Sdk;

namespace Cagent.Grpc.Interop.Tests.Cases;

/// <summary>A case that a peer cannot do: a skipped row that says why.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class CannotAttribute : DataAttribute
{
    public CannotAttribute(string name, string why)
    {
        Name = InteropCase.All.Contains(name) ? name : throw new ArgumentException($"There is no case {name}.", nameof(name));
        Why = why;
        Skip = why;
    }

    public string Name { get; }

    public string Why { get; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Name]];
}
