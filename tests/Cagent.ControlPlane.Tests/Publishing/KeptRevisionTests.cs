// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Text;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Revisions;
using Google.Protobuf;

namespace Cagent.ControlPlane.Tests.Publishing;

/// <summary>What is kept of a revision builds the same one again, for a start with a broken policy.</summary>
public sealed class KeptRevisionTests
{
    private const string File = "cagent.yaml";
    private static readonly RevisionBuilder Builder = new(new DeploymentInputs(new IPEndPoint(IPAddress.Loopback, 3128), [new IPEndPoint(IPAddress.Loopback, 53)], ByteString.CopyFromUtf8("roots")), TimeProvider.System);

    /// <summary>The file of a shipped name that is not there beside the policy must not come back as an empty one.</summary>
    [Fact]
    public void Build_FromWhatIsKept_GivesTheSameRevision()
    {
        Dictionary<string, string> files = new(StringComparer.Ordinal) { ["more.yaml"] = "version: 1\ndomains: [{domain: a.example.com}]\n" };
        ImmutableArray<byte> policy = [.. Encoding.UTF8.GetBytes("version: 1\ninclude: [more.yaml]\nprofiles: [github-readonly]\n")];
        List<string> asked = [];
        Revision first = Build(policy, path =>
        {
            asked.Add(Path.GetFileName(path));
            return files.TryGetValue(Path.GetFileName(path), out string? text) ? new DependencyReading([.. Encoding.UTF8.GetBytes(text)], null) : new DependencyReading(default, "does not exist");
        });

        Assert.Contains("github-readonly.yaml", asked);
        Assert.All(first.Dependencies, kept => Assert.False(kept.Value.IsDefaultOrEmpty, kept.Key));
        Revision again = Build(policy, path => first.Dependencies.TryGetValue(path, out ImmutableArray<byte> content) ? new DependencyReading(content, null) : new DependencyReading(default, "was not kept"));
        Assert.Equal(first.Id, again.Id);
    }

    private static Revision Build(ImmutableArray<byte> policy, Func<string, DependencyReading> read)
    {
        RevisionBuildResult result = Builder.Build(File, policy, [], read);
        Assert.True(result.Revision is not null, string.Join('\n', result.Diagnostics));
        return result.Revision;
    }
}
