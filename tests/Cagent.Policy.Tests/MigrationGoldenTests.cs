// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Policy.Migration;
using Cagent.TestKit.Files;

namespace Cagent.Policy.Tests;

/// <summary>
/// One folder per behaviour of <c>cagent migrate</c>: <c>old.yaml</c>, the policy that it must give as <c>cagent.yaml</c> (absent: it
/// cannot be read), and what is said of each key as <c>report.txt</c>. A line <c># honoured: all</c> first stands for a build of the
/// whole language. <c>CAGENT_UPDATE_GOLDEN=1</c> rewrites them.
/// </summary>
public sealed class MigrationGoldenTests
{
    private static readonly string s_folder = Path.Combine(RepositoryRoot.Path, "tests", "Cagent.Policy.Tests", "migration");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(s_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Migrate_GoldenCase_GivesItsPolicyAndReport(string name)
    {
        string folder = Path.Combine(s_folder, name);
        string old = new UTF8Encoding().GetString(File.ReadAllBytes(Path.Combine(folder, "old.yaml")));
        PolicyFeatures honoured = HonouredBy(old);
        MigrationResult result = PolicyMigration.Migrate(old, "old.yaml", PolicyTexts.Now, honoured);
        string report = string.Concat(result.Notes.Select(note => $"{note.Location.Line}:{note.Location.Column} {note.Outcome} {note.OldKey}: {note.Text}\n").Concat(result.Diagnostics.Select(diagnostic => $"{diagnostic}\n")));
        AssertFile(Path.Combine(folder, "report.txt"), report);
        AssertFile(Path.Combine(folder, "cagent.yaml"), result.Text);
        Assert.DoesNotContain("canary", report + result.Text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The keys of the earlier schema; the case that has all of them must not lose one.</summary>
    [Theory]
    [InlineData("every-key")]
    [InlineData("every-key-of-a-whole-build")]
    public void Migrate_EveryKey_IsInTheReport(string name)
    {
        string[] keys =
        [
            "mode", "dns.upstream", "dns.cache_ttl", "rate_limits.default.requests_per_minute", "rate_limits.default.burst_size", "security.seccomp_profile",
            "security.runtime_policy", "resources.cpu_limit", "resources.memory_limit_mb", "resources.pids_limit", "circuit_breakers.max_connections",
            "circuit_breakers.max_pending_requests", "circuit_breakers.max_requests", "circuit_breakers.max_retries", "internal_services", "domains[0].domain",
            "domains[0].alias", "domains[0].timeout", "domains[0].read_only", "domains[0].allowed_paths", "domains[0].rate_limit.requests_per_minute",
            "domains[0].rate_limit.burst_size", "domains[0].credential.header", "domains[0].credential.format", "domains[0].credential.env", "domains[2].tls",
            "domains[0].description", "domains[2].expires_at", "domains[0].enabled", "domains[3].agent", "dlp.enabled", "dlp.mode", "dlp.skip_domains",
            "dlp.custom_patterns[0].name", "dlp.custom_patterns[0].regex", "dlp.custom_patterns[0].threshold", "email.accounts", "email.accounts[0].password",
        ];
        string old = File.ReadAllText(Path.Combine(s_folder, name, "old.yaml"));
        HashSet<string> reported = [.. PolicyMigration.Migrate(old, "old.yaml", PolicyTexts.Now, HonouredBy(old)).Notes.Select(note => note.OldKey)];
        Assert.All(keys, key => Assert.Contains(key, reported));
    }

    private static PolicyFeatures HonouredBy(string old) =>
        old.StartsWith("# honoured: all", StringComparison.Ordinal) ? PolicyFeatures.All : PolicyFeatures.Production;

    private static void AssertFile(string file, string? actual)
    {
        if (Environment.GetEnvironmentVariable("CAGENT_UPDATE_GOLDEN") == "1")
        {
            File.Delete(file);
            if (actual is not null)
            {
                File.WriteAllText(file, actual);
            }
        }

        Assert.Equal(File.Exists(file) ? File.ReadAllText(file) : null, actual);
    }
}
