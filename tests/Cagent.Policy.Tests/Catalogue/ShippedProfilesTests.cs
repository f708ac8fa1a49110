// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Cagent.Policy.Catalogue;
using Cagent.Policy.Expectations;
using Cagent.Policy.Model;
using Cagent.TestKit.Files;

namespace Cagent.Policy.Tests.Catalogue;

/// <summary>The catalogue is what lies in <c>configs/profiles</c>, and each of its profiles keeps the promises that all of them make.</summary>
public sealed partial class ShippedProfilesTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "configs", "profiles");

    public static TheoryData<string> Names => [.. ShippedProfiles.Texts.Keys];

    [Fact]
    public void Texts_All_AreTheFilesOfTheFolder()
    {
        IEnumerable<string> files = Directory.EnumerateFiles(Folder, "*.yaml").Where(file => !file.EndsWith(".test.yaml", StringComparison.Ordinal));
        Assert.Equal(files.Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal), ShippedProfiles.Texts.Keys.Order(StringComparer.Ordinal));
        Assert.All(ShippedProfiles.Texts, profile => Assert.Equal(File.ReadAllText(Path.Combine(Folder, profile.Key + ".yaml")), profile.Value));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Outline_OfEach_SaysWhatItIsFor(string name)
    {
        ProfileOutline? outline = ProfileOutline.Read(ShippedProfiles.Texts[name], ShippedProfiles.DisplayOf(name));
        Assert.NotNull(outline);
        Assert.InRange(outline.Description.Length, 10, 100);
        Assert.NotEmpty(outline.Hosts);
        Assert.All(outline.Parameters, parameter => Assert.False(string.IsNullOrEmpty(parameter.Description)));
        Assert.Matches("^# yaml-language-server: ", ShippedProfiles.Texts[name]);
        Assert.Contains("# Off", ShippedProfiles.Texts[name], StringComparison.Ordinal);
    }

    /// <summary>With all arguments, and with none that may be left out.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Load_Each_HasNothingToSay(string name)
    {
        Assert.Empty(Load(name, isWhole: true, "").Diagnostics.Select(diagnostic => diagnostic.ToString()));
        Assert.Empty(Load(name, isWhole: false, "").Diagnostics.Select(diagnostic => diagnostic.ToString()));
    }

    /// <summary>A policy's defaults are its own matter: none of them gives a message about a file that its author cannot change.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Load_EachUnderOtherDefaults_HasNothingToSayOfItsFile(string name)
    {
        PolicyLoadResult result = Load(name, isWhole: true, "defaults: {tls: passthrough, timeout: 2h, idle_timeout: 1s}\n");
        Assert.DoesNotContain(result.Diagnostics, diagnostic => diagnostic.Location.File == ShippedProfiles.DisplayOf(name));
        Assert.All(result.Policy!.Entries, entry => Assert.Equal(TlsMode.Intercept, entry.Tls));
    }

    /// <summary>The rule that all share: a host is written out, a credential is never sent in clear, nothing is passed through unseen, and nothing is open by forgetting the rules.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Entries_OfEach_AreConfined(string name)
    {
        PolicyLoadResult result = LoadTested(Path.Combine(Folder, name + ".test.yaml"));
        Assert.All(result.Policy!.Entries, entry =>
        {
            Assert.False(entry.Key.Host.IsWildcard);
            Assert.Equal(TlsMode.Intercept, entry.Tls);
            Assert.True(entry.ReadOnly || !entry.Allow.IsEmpty);
            Assert.Empty(entry.Addresses);
        });
    }

    /// <summary>Each test proves both sides, another host among them.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Test_OfEach_AllowsAndDenies(string name)
    {
        PolicyExpectations expectations = Read(Path.Combine(Folder, name + ".test.yaml"));
        Assert.True(expectations.IsOfProfile);
        Assert.Contains(expectations.Requests, request => request.IsAllowed);
        Assert.Contains(expectations.Requests, request => request is { IsAllowed: false, Reason: "host_not_allowed" });
        Assert.Contains(expectations.Requests, request => request is { IsAllowed: false, Reason: "read_only" or "method_not_allowed" or "path_not_allowed" });
        Assert.All(expectations.Requests.Where(request => !request.IsAllowed), request => Assert.NotNull(request.Reason));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ReadOnly_InTheName_MeansNoWritingMethodButQueries(string name)
    {
        if (!name.EndsWith("-readonly", StringComparison.Ordinal))
        {
            return;
        }

        string[] queries = ["/paths-info/*", "/git-upload-pack", "/search", "/search/jql"];
        IEnumerable<PolicyRule> rules = LoadTested(Path.Combine(Folder, name + ".test.yaml")).Policy!.Entries.SelectMany(entry => entry.Allow);
        Assert.All(rules, rule => Assert.True(Reading().IsMatch(rule.Methods.ToString()!) || queries.Any(query => rule.Path.Text.EndsWith(query, StringComparison.Ordinal)), $"{rule.Methods} {rule.Path}"));
    }

    private static PolicyLoadResult Load(string name, bool isWhole, string defaults)
    {
        ProfileOutline outline = ProfileOutline.Read(ShippedProfiles.Texts[name], name)!;
        (string Name, string Value)[] arguments = [.. outline.Parameters.Where(parameter => isWhole || parameter.IsRequired).Select(parameter => (parameter.Name, ExampleOf(parameter)))];
        string credentials = arguments.Any(argument => argument.Value == "key") ? "credentials: {key: {from: env, name: KEY}}\n" : "";
        string use = $"{{use: {name}{string.Concat(arguments.Select(argument => $", {argument.Name}: {argument.Value}"))}}}";
        return PolicyLoader.Load($"version: 1\n{defaults}{credentials}profiles: [{use}]\n", "cagent.yaml");
    }

    private static PolicyLoadResult LoadTested(string file)
    {
        PolicyLoadResult result = PolicyLoader.LoadProfile(Read(file), file, new PolicyLoadOptions { ReadFile = path => new PolicyFileText(File.ReadAllText(path), null) });
        Assert.Empty(result.Diagnostics.Select(diagnostic => diagnostic.ToString()));
        return result;
    }

    private static PolicyExpectations Read(string file)
    {
        ExpectationsLoadResult result = ExpectationsLoader.Load(File.ReadAllText(file), file);
        Assert.Empty(result.Diagnostics.Select(diagnostic => diagnostic.ToString()));
        return result.Expectations!;
    }

    private static string ExampleOf(ProfileParameterOutline parameter) => parameter.Type switch
    {
        "host" => $"{parameter.Name.Replace('_', '-')}.example.com",
        "label" => "eu-central-1",
        "port" => "8443",
        "segment" => "acme",
        _ => "key",
    };

    [GeneratedRegex("^(GET|HEAD|OPTIONS)(,(GET|HEAD|OPTIONS))*$")]
    private static partial Regex Reading();
}
