// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;
using Cagent.Compiler;
using Cagent.Compiler.Authz;
using Cagent.ControlPlane.Credentials;
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
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly DeploymentInputs _deployment;

    /// <summary>A builder for one deployment.</summary>
    public RevisionBuilder(DeploymentInputs deployment) => _deployment = deployment;

    /// <summary>Builds. The policy's files come from <paramref name="read"/>: from disk, or as they were when a kept revision was saved.</summary>
    public RevisionBuildResult Build(string file, ImmutableArray<byte> policy, Func<string, DependencyReading> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        string text;
        try
        {
            text = StrictUtf8.GetString(policy.AsSpan());
        }
        catch (DecoderFallbackException)
        {
            return new RevisionBuildResult(null, [new(DiagnosticCodes.Encoding, DiagnosticSeverity.Error, "the file is not UTF-8", new SourceLocation(file, 1, 1), null, "save it as UTF-8")], []);
        }

        PolicyLoadResult loaded = PolicyLoader.Load(text, file, new PolicyLoadOptions { BaseFolder = Path.GetDirectoryName(Path.GetFullPath(file)) });
        if (loaded.Policy is null)
        {
            return new RevisionBuildResult(null, loaded.Diagnostics, []);
        }

        TrustedCas cas = TrustedCas.Read(loaded.Policy, read, file);
        ImmutableArray<Diagnostic> diagnostics = [.. loaded.Diagnostics, .. cas.Problems];
        return new RevisionBuildResult(cas.Problems.IsEmpty ? Compile(file, policy, loaded.Policy, cas) : null, diagnostics, cas.Paths);
    }

    private Revision Compile(string file, ImmutableArray<byte> source, ValidatedPolicy policy, TrustedCas cas)
    {
        CompiledPolicy compiled = PolicyCompiler.Compile(policy, new CompilerInputs
        {
            Listen = _deployment.Listen,
            SystemResolvers = _deployment.SystemResolvers,
            PublicCa = _deployment.PublicCa,
            TrustedCas = cas.Contents.ToImmutableSortedDictionary(ca => ca.Key, ca => ByteString.CopyFrom(ca.Value.AsSpan()), StringComparer.Ordinal),
        });
        ImmutableArray<XdsResource> resources = [.. compiled.Resources.Select(resource => XdsResource.Create(resource.TypeUrl, resource.Name, resource.Message))];
        ImmutableArray<CredentialDefinition> credentials = [.. policy.Credentials.Select(Define)];
        RevisionId id = Identify(resources, compiled.Authz, credentials);
        return new Revision(id, compiled, XdsSnapshot.Create(id.ToString(), resources), credentials, file, source, cas.Contents);
    }

    /// <summary>Over all outputs, so that two texts that mean the same are one revision, and a change anywhere is another.</summary>
    private static RevisionId Identify(ImmutableArray<XdsResource> resources, AuthzTable authz, ImmutableArray<CredentialDefinition> credentials)
    {
        StringBuilder content = new();
        foreach (XdsResource resource in resources.OrderBy(resource => resource.TypeUrl, StringComparer.Ordinal).ThenBy(resource => resource.Name, StringComparer.Ordinal))
        {
            content.Append(resource.TypeUrl).Append('\n').Append(resource.Name).Append('\n').Append(resource.Version).Append('\n');
        }

        content.Append(AuthzText.Render(authz));
        foreach (CredentialDefinition credential in credentials.OrderBy(credential => credential.Name, StringComparer.Ordinal))
        {
            content.Append(credential).Append('\n');
        }

        return RevisionId.Of(Encoding.UTF8.GetBytes(content.ToString()));
    }

    private static CredentialDefinition Define(CredentialSource source) => source switch
    {
        EnvCredentialSource env => new EnvCredentialDefinition(env.Name, env.Variable),
        FileCredentialSource path => new FileCredentialDefinition(path.Name, Path.GetFullPath(path.Path)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
