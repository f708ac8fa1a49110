// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Differences;

/// <summary>All paths that the lines of two entries treat alike.</summary>
/// <param name="Path">One of them.</param>
/// <param name="Display">The same with a star for each segment that no line names.</param>
internal sealed record RequestKind(string Path, string Display);
