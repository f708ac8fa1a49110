// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ExtAuthz.Signing;

/// <summary>What a signature of AWS holds for, besides its day.</summary>
/// <param name="Region">Such as <c>eu-central-1</c>.</param>
/// <param name="Service">As it stands in signatures, such as <c>bedrock</c>.</param>
public sealed record SigningScope(string Region, string Service);
