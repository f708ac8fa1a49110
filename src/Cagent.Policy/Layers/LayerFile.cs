// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Layers;

/// <summary>One file of a policy.</summary>
/// <param name="Display">Its name in diagnostics.</param>
/// <param name="Path">The path it is read from.</param>
/// <param name="Relative">The path from the folder of the first file, with <c>/</c>; null for a file that lies elsewhere.</param>
/// <param name="Kind">Its part.</param>
internal sealed record LayerFile(string Display, string Path, string? Relative, LayerKind Kind)
{
    /// <summary>The folder that paths in the file are relative to.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path) ?? "";
}
