// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cagent.Secrets.Interception;
using Cagent.Secrets.Tests.Support;
using Cagent.Secrets.Trust;
using Cagent.TestKit.Files;

namespace Cagent.Secrets.Tests.Trust;

/// <summary>
/// What common clients make of name constraints (RFC 5280 4.2.1.10), on an intermediate that is sent and on the root that they trust:
/// the measurement behind docs/decisions/0008-no-agent-intermediates.md. .NET is asked in this process' own kind, by a chain.
/// </summary>
public sealed class NameConstraintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [RuntimeData("curl")]
    [RuntimeData("openssl")]
    [RuntimeData("python ssl")]
    [RuntimeData("python requests")]
    [RuntimeData("node https")]
    [RuntimeData("node fetch")]
    [RuntimeData("go")]
    [RuntimeData("java")]
    [RuntimeData("git")]
    [RuntimeData("cargo")]
    [RuntimeData("wget")]
    public async Task Client_ConstrainedIntermediate_IsHeldToItsNames(string runtime)
    {
        Assert.True(await AcceptsAsync(runtime, onIntermediate: ProbeTarget.Host, onRoot: null), "a name inside the constraint");
        Assert.False(await AcceptsAsync(runtime, onIntermediate: "good.test", onRoot: null), "a name outside the constraint");
    }

    /// <summary>RFC 5280 6.1.1 lets a client read no more of a root than its name and key; all but Java read the constraint all the same.</summary>
    [Theory]
    [RuntimeData("curl", true)]
    [RuntimeData("openssl", true)]
    [RuntimeData("python ssl", true)]
    [RuntimeData("python requests", true)]
    [RuntimeData("node https", true)]
    [RuntimeData("node fetch", true)]
    [RuntimeData("go", true)]
    [RuntimeData("java", false)]
    [RuntimeData("git", true)]
    [RuntimeData("cargo", true)]
    [RuntimeData("wget", true)]
    public async Task Client_ConstrainedRoot_IsMeasured(string runtime, bool isHeld)
    {
        Assert.True(await AcceptsAsync(runtime, onIntermediate: null, onRoot: ProbeTarget.Host), "a name inside the constraint");
        Assert.Equal(!isHeld, await AcceptsAsync(runtime, onIntermediate: null, onRoot: "good.test"));
    }

    [Theory]
    [InlineData("localhost", true, true)]
    [InlineData("good.test", true, false)]
    [InlineData("localhost", false, true)]
    [InlineData("good.test", false, false)]
    public void DotNet_Constraint_IsHeld(string permitted, bool isOnIntermediate, bool isAccepted)
    {
        (string chain, _, string root) = Make(isOnIntermediate ? permitted : null, isOnIntermediate ? null : permitted);
        Assert.Equal(isAccepted, Pki.Verify(chain, Pki.Certificates(root), TimeProvider.System.GetUtcNow()).Length == 0);
    }

    private async Task<bool> AcceptsAsync(string runtime, string? onIntermediate, string? onRoot)
    {
        (string chain, string key, string root) = Make(onIntermediate, onRoot);
        TrustEnvironment trust = TrustEnvironment.Of(_folder.Path);
        await File.WriteAllTextAsync(trust.Bundle, root);
        await File.WriteAllTextAsync(_folder.Combine("interception-ca.pem"), root);
        await File.WriteAllBytesAsync(_folder.Combine("ca.jks"), JavaTrustStore.Write([root]));
        TrustProbe probe = TrustProbes.All([]).Single(one => one.Runtime == runtime);
        ImmutableArray<string> more = probe.OtherFix?.Invoke(trust).Arguments ?? [];
        await using DoctorServer server = DoctorServer.Start(chain, key, TimeProvider.System);
        ProbeTarget target = new(server.Port, "token");
        ImmutableDictionary<string, string> environment = trust.Variables.ToImmutableDictionary(one => one.Name, one => one.Value).SetItems(probe.Environment(target));
        await ProbeRunner.RunAsync(
            ProbeRunner.Find(probe.Programs)!, probe.Arguments(target).InsertRange(0, more), environment, probe.Input(target), probe.Script, TimeProvider.System, default);
        return server.WasAsked(target.Token);
    }

    /// <summary>A leaf for the server's name below an intermediate below a root.</summary>
    private static (string ChainPem, string KeyPem, string RootPem) Make(string? onIntermediate, string? onRoot)
    {
        using Authority root = Authority.Create("root", shape: new AuthorityShape { Extension = Constraint(onRoot) });
        using Authority intermediate = Authority.Create("intermediate", root, new AuthorityShape { PathLength = 0, Extension = Constraint(onIntermediate) });
        // Not disposed: it would take the key along.
        InterceptionCa ca = new(intermediate.Certificate, intermediate.Key, [root.Certificate], []);
        Leaf leaf = new LeafIssuer(ca, new LeafOptions(), TimeProvider.System).TryIssue(Pki.Host(ProbeTarget.Host))!;
        return (leaf.ChainPem, leaf.KeyPem.Reveal(), root.Pem);
    }

    private static X509Extension? Constraint(string? permitted)
    {
        if (permitted is null)
        {
            return null;
        }
        byte[] name = Encoding.ASCII.GetBytes(permitted);
        // SEQUENCE { [0] permittedSubtrees { GeneralSubtree { [2] dNSName } } }
        byte[] subtree = [0x30, (byte)(name.Length + 2), 0x82, (byte)name.Length, .. name];
        byte[] subtrees = [0xA0, (byte)subtree.Length, .. subtree];
        return new X509Extension("2.5.29.30", [0x30, (byte)subtrees.Length, .. subtrees], critical: true);
    }
}
