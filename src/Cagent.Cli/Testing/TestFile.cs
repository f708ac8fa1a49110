// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Cli.Explaining;
using Cagent.Cli.Policies;
using Cagent.Compiler.Authz;
using Cagent.Policy.Expectations;

namespace Cagent.Cli.Testing;

/// <summary>Runs one test file.</summary>
internal static class TestFile
{
    private const string NoCredential = "none";

    public static async Task<TestFileResult> RunAsync(string file, string suffix, ImmutableArray<string> overlays, CancellationToken cancellationToken)
    {
        string text;
        try
        {
            text = await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new TestFileResult(file, "", []) { Problem = exception.Message };
        }

        ExpectationsLoadResult loaded = ExpectationsLoader.Load(text, file);
        if (loaded.Expectations is not { } expectations)
        {
            return new TestFileResult(file, text, []) { Diagnostics = loaded.Diagnostics };
        }

        PolicyFile policy = expectations.IsOfProfile ? PolicyFile.LoadProfile(expectations, file, text) : Load(expectations, file, suffix, overlays);
        if (policy.Policy is null)
        {
            return new TestFileResult(file, text, []) { Diagnostics = loaded.Diagnostics, BrokenPolicy = policy };
        }

        AuthzTable table = AuthzTable.From(policy.Policy);
        return new TestFileResult(file, text, [.. expectations.Requests.Select(request => Run(table, request))]) { Diagnostics = loaded.Diagnostics };
    }

    private static PolicyFile Load(PolicyExpectations expectations, string file, string suffix, ImmutableArray<string> overlays)
    {
        string folder = Path.GetDirectoryName(file) ?? "";
        string beside = file.EndsWith(suffix, StringComparison.Ordinal) ? file[..^suffix.Length] + ".yaml" : file;
        string policy = expectations.Policy is { } named ? Path.Combine(folder, named) : beside;
        return PolicyFile.Load(policy, [.. expectations.Overlays.Select(overlay => Path.Combine(folder, overlay)), .. overlays]);
    }

    private static TestCaseResult Run(AuthzTable table, PolicyExpectation expectation)
    {
        if (!AgentRequest.TryParse(expectation.Method, expectation.Url, out AgentRequest? request, out string? problem))
        {
            return new TestCaseResult(expectation, null, problem);
        }

        Explanation explanation = Explanation.Of(table, expectation.Agent is { } agent ? request with { Agent = agent } : request);
        return new TestCaseResult(expectation, explanation, FindDifference(expectation, explanation));
    }

    private static string? FindDifference(PolicyExpectation expected, Explanation actual)
    {
        PolicyDecision decision = actual.Decision;
        string credential = decision.Credential?.Name ?? NoCredential;
        return expected.IsAllowed != decision.IsAllowed
            ? expected.IsAllowed ? $"should be allowed, but is denied: {actual.Reason}. {decision.Hint}" : $"should be denied, but is allowed by {decision.Rule?.Text ?? "the entry"}"
            : expected.Reason is { } reason && reason != actual.Reason ? $"should be denied with {reason}, but is with {actual.Reason}"
            : expected.Entry is { } entry && entry != decision.Entry?.Name ? $"should be decided by {entry}, but is by {decision.Entry?.Name ?? "no entry"}"
            : expected.Credential is { } name && name != credential ? $"should use the credential {name}, but uses {credential}"
            : null;
    }
}
