// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Language;

/// <summary>One kind of credential source.</summary>
/// <param name="Name">Its word behind <c>from</c>.</param>
/// <param name="Feature">What a build must honour to take it.</param>
/// <param name="Keys">Its keys, <c>from</c> among them.</param>
internal sealed record SourceKeys(string Name, PolicyFeatures Feature, KeySet Keys);
