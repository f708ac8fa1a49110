// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Catalogue;

/// <summary>A parameter of a profile, for people and editors.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What an argument may be: <c>host</c>, <c>label</c>, <c>port</c>, <c>segment</c> or <c>credential</c>.</param>
/// <param name="IsRequired">Whether every use needs an argument.</param>
/// <param name="Default">What it is without an argument, or null.</param>
/// <param name="Description">What it is for, or null.</param>
public sealed record ProfileParameterOutline(string Name, string Type, bool IsRequired, string? Default, string? Description);
