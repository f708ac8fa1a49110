// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Faults;

/// <summary>
/// Guarantee: whatever happens to the policy <em>file</em> (deleted, emptied, torn, replaced by a folder, unreadable bytes), the last good
/// policy serves and the status says why; when the file comes back, it applies. A swap of links as Kubernetes does it is an edit.
/// </summary>
public sealed class PolicyFileFaultTests(InvalidEditSite fixture) : IClassFixture<InvalidEditSite>
{
    [EnvoyTheory]
    [InlineData("deleted", "CAG1064")]
    [InlineData("emptied", "CAG1005")]
    [InlineData("torn", "CAG1001")]
    [InlineData("folder", "CAG1064")]
    [InlineData("dangling link", "CAG1064")]
    [InlineData("not UTF-8", "CAG1004")]
    [InlineData("too large", "CAG1064")]
    public async Task Attack_G7_PolicyFileDamaged(string fault, string code)
    {
        SteadySite site = fixture.Site;
        string file = site.Cagent.PolicyFile;
        Clear(file);
        await site.RestorePolicyAsync();

        Damage(file, site.Policy, fault);

        StatusDocument invalid = await site.WaitForStatusAsync(status => status.State == "invalid", $"\"invalid\" after: {fault}");
        Assert.Contains(invalid.Diagnostics, line => line.StartsWith($"{file}:", StringComparison.Ordinal) && line.Contains($": error {code}: ", StringComparison.Ordinal));
        await site.Cagent.WaitForLineAsync(line => line.Contains($": error {code}: ", StringComparison.Ordinal), SteadySite.Limit);
        await site.AssertServesAsync();

        Clear(file);
        string path = $"/edit/{fixture.NextEdit()}";
        site.Cagent.WritePolicy(With(site.Policy, path));
        await Eventually.TrueAsync(async () => await site.GetAsync(path) == 200, SteadySite.Limit, "the file that came back");
    }

    [EnvoyFact]
    public async Task PolicyFile_BehindLinks_FollowsTheSwapAsKubernetesDoesIt()
    {
        SteadySite site = fixture.Site;
        string file = site.Cagent.PolicyFile;
        string folder = Path.GetDirectoryName(file)!;
        Clear(file);
        string first = $"/edit/{fixture.NextEdit()}";
        await PublishAsync(folder, "..2026_1", With(site.Policy, first));
        File.Delete(file);
        File.CreateSymbolicLink(file, Path.Combine("..data", "cagent.yaml"));
        await Eventually.TrueAsync(async () => await site.GetAsync(first) == 200, SteadySite.Limit, "the policy behind links");

        string second = $"/edit/{fixture.NextEdit()}";
        await PublishAsync(folder, "..2026_2", With(site.Policy, second));

        await Eventually.TrueAsync(async () => await site.GetAsync(second) == 200, SteadySite.Limit, "the swapped policy");
        Assert.Equal(403, await site.GetAsync(first));
        Directory.Delete(Path.Combine(folder, "..2026_1"), recursive: true);
        await site.RestorePolicyAsync();
    }

    private static string With(string policy, string path) => policy.Replace("\"GET /ws\"", $"\"GET /ws\", \"GET {path}\"", StringComparison.Ordinal);

    private static void Clear(string file)
    {
        if (Directory.Exists(file))
        {
            Directory.Delete(file);
        }
    }

    private static void Damage(string file, string policy, string fault)
    {
        switch (fault)
        {
            case "deleted":
                File.Delete(file);
                break;
            case "emptied":
                File.WriteAllText(file, "");
                break;
            case "torn":
                // In place, as an editor does that dies half-way.
                File.WriteAllText(file, policy[..policy.IndexOf("/ws\"", StringComparison.Ordinal)]);
                break;
            case "folder":
                File.Delete(file);
                Directory.CreateDirectory(file);
                break;
            case "dangling link":
                File.Delete(file);
                File.CreateSymbolicLink(file, "nowhere.yaml");
                break;
            case "not UTF-8":
                File.WriteAllBytes(file, [.. Encoding.UTF8.GetBytes(policy), (byte)'#', 0xE9]);
                break;
            default:
                File.WriteAllText(file, policy + "#" + new string('x', 5 << 20));
                break;
        }
    }

    /// <summary>What the kubelet does: a new folder, and a link to it that replaces the old link.</summary>
    private static async Task PublishAsync(string folder, string version, string policy)
    {
        Directory.CreateDirectory(Path.Combine(folder, version));
        await File.WriteAllTextAsync(Path.Combine(folder, version, "cagent.yaml"), policy);
        File.CreateSymbolicLink(Path.Combine(folder, "..data_tmp"), version);
        // rename(2): .NET moves no link to a folder over another.
        await using RunningProcess move = RunningProcess.Start("mv", ["-T", Path.Combine(folder, "..data_tmp"), Path.Combine(folder, "..data")]);
        Assert.Equal(0, await move.WaitForExitAsync(SteadySite.Limit));
    }
}
