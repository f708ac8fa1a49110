// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Cagent.Compiler;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Dns;
using Cagent.Compiler.Limits;
using Cagent.Compiler.Lowering;
using Cagent.ControlPlane.Credentials;
using Cagent.ControlPlane.PolicySource;
using Cagent.ControlPlane.Quarantine;
using Cagent.ControlPlane.Revisions;
using Cagent.Policy;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Xds.Resources;
using Google.Protobuf;

namespace Cagent.ControlPlane.Publishing;

/// <summary>The text of a policy to a revision, or to everything that is wrong with it. Thread safe.</summary>
public sealed class RevisionBuilder
{
    private readonly DeploymentInputs _deployment;
    private readonly TimeProvider _time;
    private readonly QuarantineList _quarantine;

    /// <summary>A builder for one deployment; who is in quarantine there is so in every revision, whatever its policy says.</summary>
    public RevisionBuilder(DeploymentInputs deployment, TimeProvider time, QuarantineList? quarantine = null)
    {
        _deployment = deployment;
        _time = time;
        _quarantine = quarantine ?? QuarantineList.None;
    }

    /// <summary>
    /// Builds, with the entries that have not expired by now. The policy's other files come from <paramref name="read"/>: from disk, or
    /// as they were when a kept revision was saved. <paramref name="previous"/>, if any, saves the work for what both have in common, and
    /// <paramref name="quarantine"/> stands for the deployment's own list.
    /// </summary>
    public RevisionBuildResult Build(
        string file, ImmutableArray<byte> policy, ImmutableArray<string> overlays, Func<string, DependencyReading> read, Revision? previous = null, QuarantineList? quarantine = null)
    {
        ArgumentNullException.ThrowIfNull(read);
        SortedDictionary<string, ImmutableArray<byte>> layers = new(StringComparer.Ordinal);
        PolicyLoadOptions options = PolicyFiles.Options(file, overlays, _time.GetUtcNow()) with
        {
            Previous = previous?.Loaded,
            BaseFolder = Path.GetDirectoryName(Path.GetFullPath(file)),
            ReadFile = path =>
            {
                DependencyReading reading = read(path);
                // What is not there is no part of it: kept as empty, it would be there at the next start.
                if (reading.Problem is null)
                {
                    layers[path] = reading.Content;
                }

                return reading.AsText();
            },
        };
        PolicyLoadResult loaded = PolicyLoader.Load(PolicyFileText.FromBytes(policy.AsSpan()).Text!, file, options);
        if (loaded.Policy is null)
        {
            return new RevisionBuildResult(null, loaded.Diagnostics, loaded.Files);
        }

        TrustedCas cas = TrustedCas.Read(loaded.Policy, read, file, PolicyFileWatcher.MaxDependencies - loaded.Files.Length - _deployment.Agents.TrustBundles.Count);
        TrustBundleFiles bundles = TrustBundleFiles.Read(loaded.Policy, _deployment.Agents, read, file);
        ImmutableArray<Diagnostic> problems = [.. cas.Problems, .. AgentListenProblems.Of(loaded.Policy, _deployment.Agents), .. bundles.Problems];
        ImmutableArray<Diagnostic> diagnostics = [.. loaded.Diagnostics, .. problems];
        Revision? revision = problems.IsEmpty ? Compile(file, policy, loaded.Policy.WithQuarantined((quarantine ?? _quarantine).Names), cas, bundles, previous) : null;
        return new RevisionBuildResult(
            revision is null ? null : revision with { Dependencies = revision.Dependencies.SetItems(layers), Overlays = options.Overlays, NextExpiry = loaded.Policy.NextExpiry, Loaded = loaded },
            diagnostics, [.. loaded.Files.Concat(cas.Paths).Concat(bundles.Contents.Keys).Distinct(StringComparer.Ordinal)]);
    }

    private Revision Compile(string file, ImmutableArray<byte> source, ValidatedPolicy policy, TrustedCas cas, TrustBundleFiles bundles, Revision? previous)
    {
        CompiledPolicy compiled = PolicyCompiler.Compile(policy, new CompilerInputs
        {
            Listen = _deployment.Listen,
            Transparent = _deployment.Transparent,
            Agents = _deployment.Agents,
            TrustBundles = _deployment.Agents.TrustBundles
                .Where(bundle => bundles.Contents.ContainsKey(bundle.Value))
                .ToImmutableSortedDictionary(bundle => bundle.Key, bundle => ByteString.CopyFrom(bundles.Contents[bundle.Value].AsSpan()), StringComparer.Ordinal),
            OwnAddresses = _deployment.OwnAddresses,
            SystemResolvers = _deployment.SystemResolvers,
            PublicCa = _deployment.PublicCa,
            TrustedCas = cas.Contents.ToImmutableSortedDictionary(ca => ca.Key, ca => ByteString.CopyFrom(ca.Value.AsSpan()), StringComparer.Ordinal),
        }, previous?.Compiled);
        ImmutableArray<XdsResource> resources = [.. compiled.Resources.Select(resource => Encode(resource, previous?.Snapshot))];
        ImmutableArray<CredentialDefinition> credentials = 
        [
            .. policy.Credentials.Select(CredentialDefinitions.Of),
            .. policy.Agents.SelectMany(agent => agent.Identity.Tokens
                .Select(token => new AgentTokenDefinition(AgentTokenDefinition.NameOf(agent.Name.Text, AgentRecognition.TokenOf(token)), CredentialDefinitions.Of(token)))),
        ];
        RevisionId id = Identify(resources, compiled, credentials, policy);
        return new Revision(id, compiled, XdsSnapshot.Create(id.ToString(), resources), credentials, file, source, cas.Contents.SetItems(bundles.Contents));
    }

    /// <summary>The same bytes have the same hash, and need none again.</summary>
    private static XdsResource Encode(EnvoyResource resource, XdsSnapshot? previous) =>
        previous is not null && previous.Of(resource.TypeUrl).TryGet(resource.Name, out XdsResource? known) && ReferenceEquals(known.Body, resource.Body)
            ? known
            : XdsResource.FromBytes(resource.TypeUrl, resource.Name, resource.Body);

    /// <summary>Over all outputs, so that two texts that mean the same are one revision, and a change anywhere is another.</summary>
    private static RevisionId Identify(ImmutableArray<XdsResource> resources, CompiledPolicy compiled, ImmutableArray<CredentialDefinition> credentials, ValidatedPolicy policy)
    {
        StringBuilder content = new();
        foreach (XdsResource resource in resources) // in the compiler's order, which is the same everywhere
        {
            content.Append(resource.TypeUrl).Append('\n').Append(resource.Name).Append('\n').Append(resource.Version).Append('\n');
        }

        content.Append(AuthzText.Render(compiled.Authz)).Append(LimitText.Render(compiled.Limits)).Append(DnsText.Render(compiled.Dns));
        foreach (CredentialDefinition credential in credentials.OrderBy(credential => credential.Name, StringComparer.Ordinal))
        {
            content.Append(credential).Append('\n');
        }

        // When an entry ends is nothing that Envoy is told, and yet two policies that differ in it are two.
        AppendExpiry(content, policy.Entries, "");
        foreach (PolicyAgent agent in policy.Agents.OrderBy(agent => agent.Name.Text, StringComparer.Ordinal))
        {
            AppendExpiry(content, agent.Entries, $" of {agent.Name}");
        }

        return RevisionId.Of(content);
    }

    private static void AppendExpiry(StringBuilder content, ImmutableArray<PolicyEntry> entries, string owner)
    {
        foreach (PolicyEntry entry in entries.Where(entry => entry.ExpiresAt is not null).OrderBy(entry => entry.Key.ToString(), StringComparer.Ordinal))
        {
            content.Append(CultureInfo.InvariantCulture, $"{entry.Key}{owner} until {entry.ExpiresAt:O}\n");
        }
    }
}
