// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Layers;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Resolves the paths that a policy names, by their text alone.</summary>
internal sealed class FilePaths(LayerFiles files)
{
    /// <summary>The path, against the folder of the file that names it when it is relative; null when there is none or after reporting it.</summary>
    public string? Resolve(Located<string>? path, DiagnosticBag bag)
    {
        if (path is null)
        {
            return null;
        }

        string? problem = path.Value switch
        {
            { Length: > 4096 } => "is longer than 4096 characters",
            string text when text.Any(char.IsControl) => "has a control character",
            string text when text.StartsWith('~') => "begins with '~', which only a shell expands",
            string text when text.EndsWith('/') => "names a folder",
            _ => null,
        };
        if (problem is not null)
        {
            bag.Error(DiagnosticCodes.BadPath, $"the path {problem}", path.Location, path.KeyPath, "write the path of a file");
            return null;
        }

        return Path.Combine(files.FolderOf(path.Location.File), path.Value);
    }
}
