// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Reading;

namespace Cagent.Policy.Layers;

/// <summary>A parameter that a profile declares.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What an argument may be.</param>
/// <param name="Default">The argument when none is given, or null.</param>
/// <param name="IsOptional">True: without argument, keys that hold it are left out.</param>
/// <param name="Description">What it is for, or null.</param>
internal sealed record ProfileParameter(string Name, ParameterType Type, Located<string>? Default, bool IsOptional, string? Description)
{
    public bool IsRequired => Default is null && !IsOptional;
}
