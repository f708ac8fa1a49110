// SPDX-License-Identifier: Apache-2.0
namespace Cagent.EnvoyApi.Tests;

/// <summary>A test that needs <see cref="EnvoyApiTool"/>. It is skipped without the program, unless CAGENT_REQUIRE contains <c>envoy</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EnvoyApiFactAttribute : FactAttribute
{
    public EnvoyApiFactAttribute()
    {
        if (EnvoyApiTool.Path is null && !EnvoyApiTool.IsRequired)
        {
            Skip = "envoy-api is not installed: set CAGENT_TOOLS to the folder that holds it.";
        }
    }
}
