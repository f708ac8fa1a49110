// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;
using Cagent.Policy.Validation;

namespace Cagent.Policy;

/// <summary>
/// Turns the text of a policy file into a validated policy or the full list of what is wrong with it. Pure and thread safe; no
/// text makes it throw.
/// </summary>
public static class PolicyLoader
{
    /// <summary>Reads and validates a policy text.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">The file's name for diagnostics and, unless the options say otherwise, for relative paths.</param>
    /// <param name="options">How to read it; null means the defaults.</param>
    public static PolicyLoadResult Load(string text, string file, PolicyLoadOptions? options = null)
    {
        options ??= new PolicyLoadOptions();
        DiagnosticBag bag = new();
        MappingNode? root = YamlText.IsReadable(text, file, options.MaxLength, bag) ? YamlTreeReader.Read(text, file, bag) : null;
        ValidatedPolicy? policy = null;
        if (root is not null)
        {
            PolicyConfig config = new PolicyConfigReader(new ReadingContext(bag, options.Honoured)).Read(root);
            FilePaths paths = new(options.BaseFolder ?? Path.GetDirectoryName(file) ?? "");
            policy = new PolicyValidator(paths, options.Now, bag).Validate(config);
        }

        return new PolicyLoadResult(policy, bag.ToImmutable());
    }
}
