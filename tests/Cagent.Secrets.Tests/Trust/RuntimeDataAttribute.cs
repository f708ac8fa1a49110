// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Cagent.Secrets.Trust;
using Xunit.Sdk;

namespace Cagent.Secrets.Tests.Trust;

/// <summary>A row of a theory for one runtime of the doctor; skipped, with the reason, where the runtime is not installed.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RuntimeDataAttribute : DataAttribute
{
    private readonly object[] _row;

    public RuntimeDataAttribute(string runtime, params object[] more)
    {
        _row = [runtime, .. more];
        TrustProbe probe = TrustProbes.All(["dotnet"]).Single(one => one.Runtime == runtime);
        if (ProbeRunner.Find(probe.Programs) is null)
        {
            Skip = $"{runtime} is not installed: none of {string.Join(", ", probe.Programs)} is on PATH.";
        }
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [_row];
}
