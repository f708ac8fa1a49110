// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Cagent.EndToEnd.Tests.Changes;
using Cagent.EndToEnd.Tests.Faults;
using Cagent.Policy;
using Cagent.Policy.Catalogue;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Profiles;

/// <summary>The real Envoy takes every shipped profile, by its bare name and with the arguments of its test: in as few policies as their hosts allow.</summary>
public sealed partial class ShippedProfilesTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "configs", "profiles");

    [EnvoyFact]
    public async Task Policies_OfAllShippedProfiles_AreAccepted()
    {
        List<List<string>> groups = Group(ShippedProfiles.Texts.Keys.Select(UseOf));
        Assert.InRange(groups.Count, 1, 4);
        await using Deployment deployment = new();
        await deployment.StartAsync(deployment.Head);
        StatusDocument before = StatusDocument.Read(deployment.Cagent.StateFolder);
        foreach (List<string> group in groups)
        {
            string? last = before.Revision;
            deployment.Cagent.WritePolicy(Text(deployment.Head, group));
            await Eventually.TrueAsync(
                () =>
                {
                    before = StatusDocument.Read(deployment.Cagent.StateFolder);
                    return before.State == "effective" && before.Revision != last;
                },
                SteadySite.Limit, $"a policy with {group.Count} profiles");
            Assert.Empty(before.Nacks);
        }

        using ProxyHttp http = deployment.Http();
        deployment.Cagent.WritePolicy(Text(deployment.Head, [UseOf("openai")]));
        await Eventually.TrueAsync(async () => await Probe.StatusAsync(http, "https://api.openai.com/v1/files") == 403, SteadySite.Limit, "a denial by a line of the profile");
    }

    /// <summary>First fit: profiles of one host cannot stand in one policy.</summary>
    private static List<List<string>> Group(IEnumerable<string> uses)
    {
        List<List<string>> groups = [];
        foreach (string use in uses)
        {
            List<string>? fitting = groups.Find(group => PolicyLoader.Load(Text("version: 1\ncredentials:\n", [.. group, use]), "cagent.yaml").Policy is not null);
            if (fitting is null)
            {
                groups.Add(fitting = []);
            }

            fitting.Add(use);
        }

        return groups;
    }

    private static string Text(string head, IReadOnlyCollection<string> uses)
    {
        IEnumerable<string> credentials = uses.SelectMany(use => CredentialArgument().Matches(use).Select(match => match.Groups[1].Value)).Distinct(StringComparer.Ordinal);
        // The credentials come first: the head ends with that block.
        return head.TrimEnd() + "\n" + string.Concat(credentials.Select(name => $"  {name}: {{from: env, name: CANARY_TOKEN}}\n"))
            + (head.StartsWith("version: 1\ncredentials", StringComparison.Ordinal) ? "  canary: {from: env, name: CANARY_TOKEN}\n" : "")
            + "profiles:\n" + string.Concat(uses.Select(use => $"  - {use}\n"));
    }

    /// <summary>The use of the profile's test file, with its bare name in the place of the file.</summary>
    private static string UseOf(string name)
    {
        string line = File.ReadLines(Path.Combine(Folder, name + ".test.yaml")).First(text => text.StartsWith("profile: ", StringComparison.Ordinal));
        return line["profile: ".Length..].Replace($"{name}.yaml", name, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"credential: ([a-z]+)")]
    private static partial Regex CredentialArgument();
}
