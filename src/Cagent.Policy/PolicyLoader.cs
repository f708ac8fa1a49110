// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Expectations;
using Cagent.Policy.Layers;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;
using Cagent.Policy.Validation;

namespace Cagent.Policy;

/// <summary>
/// Turns the text of a policy file, and of the files that it consists of, into a validated policy or the full list of what is wrong
/// with it. Pure and thread safe but for <see cref="PolicyLoadOptions.ReadFile"/>; no text makes it throw.
/// </summary>
public static class PolicyLoader
{
    /// <summary>Reads and validates a policy.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">The file's name for diagnostics and, unless the options say otherwise, for relative paths.</param>
    /// <param name="options">How to read it; null means the defaults.</param>
    public static PolicyLoadResult Load(string text, string file, PolicyLoadOptions? options = null) =>
        Load(text, file, options ?? new PolicyLoadOptions(), composer => composer.Compose(text));

    /// <summary>Reads the profile that a test file names, with the arguments that it gives, as a policy of its own.</summary>
    /// <param name="expectations">The test file; its <see cref="PolicyExpectations.IsOfProfile"/> must hold.</param>
    /// <param name="file">The test file's name, which the profile's path is relative to.</param>
    /// <param name="options">How to read it; null means the defaults.</param>
    public static PolicyLoadResult LoadProfile(PolicyExpectations expectations, string file, PolicyLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(expectations);
        ProfileUseConfig use = expectations.Profile ?? throw new ArgumentException("The test file names no profile.", nameof(expectations));
        return Load("", file, options ?? new PolicyLoadOptions(), composer => composer.ComposeProfile(use));
    }

    private static PolicyLoadResult Load(string text, string file, PolicyLoadOptions options, Func<PolicyComposer, PolicyConfig?> compose)
    {
        DiagnosticBag bag = new();
        LayerFiles files = new(file, options, bag);
        PolicyComposer composer = new(files, options, bag);
        PolicyConfig? config = compose(composer);
        PolicyValidator validator = new(new FilePaths(files), options.Now, bag);
        ValidatedPolicy? policy = config is null ? null : validator.Validate(config);
        if (policy is null && composer.HasKnown)
        {
            // What is wrong is told of entries that have been read.
            return Load(text, file, options with { Previous = null }, compose);
        }

        // Entries that come from several files are read anew each time.
        bool isOneFile = policy is not null && files.Asked.IsEmpty && options.Overlays.IsEmpty && composer.Root is not null;
        return new PolicyLoadResult(policy, bag.ToImmutable(files.Order), files.Asked)
        {
            Known = isOneFile ? KnownEntries.Record(composer.Root!, text, options, validator.Clean) : null,
        };
    }
}
