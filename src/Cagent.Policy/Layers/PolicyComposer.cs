// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Layers;

/// <summary>
/// Puts the files of a policy together: the first file and what it includes, then the entries of profiles, then overlays. Entries are
/// added or replaced whole; no two are ever merged.
/// </summary>
internal sealed class PolicyComposer(LayerFiles files, PolicyLoadOptions options, DiagnosticBag bag)
{
    private const int MaxDepth = 8;

    private ReadingContext _context = new(bag, options.Honoured);
    private readonly List<PolicyConfig> _layers = [];

    /// <summary>The first file, parsed.</summary>
    public MappingNode? Root { get; private set; }

    /// <summary>Whether entries of an earlier load may have been taken over.</summary>
    public bool HasKnown => _context.Known is not null;

    /// <summary>The policy as written; null when the first file has no keys to read.</summary>
    public PolicyConfig? Compose(string text)
    {
        if (files.Parse(text, files.Root) is not { } root)
        {
            return null;
        }

        Root = root;
        _context = _context with { Known = options.Previous?.Known?.For(root, text, options) };

        ProfileExpander profiles = new(files, options, _context);
        PolicyConfig config = Read(root, files.Root, profiles, depth: 0);
        PolicyConfig whole = config with
        {
            Credentials = UniqueCredentials(_layers.SelectMany(layer => layer.Credentials)),
            Domains = [.. _layers.SelectMany(layer => layer.Domains)],
            Agents = [.. _layers.SelectMany(layer => layer.Agents)],
            HasAgents = _layers.Any(layer => layer.HasAgents),
        };
        foreach (string overlay in options.Overlays)
        {
            whole = LayOver(whole, overlay);
        }

        return whole;
    }

    /// <summary>The entries of one use of a profile, and the credentials that they name, as if a policy held nothing else.</summary>
    public PolicyConfig ComposeProfile(ProfileUseConfig use)
    {
        ImmutableArray<DomainConfig> domains = new ProfileExpander(files, options, _context).Expand([use], files.Root);
        IEnumerable<Located<string>> names = domains.Select(domain => domain.Credential?.Use).OfType<Located<string>>().DistinctBy(name => name.Value, StringComparer.Ordinal);
        return new PolicyConfig
        {
            Domains = domains,
            Credentials = [.. names.Select(name => new CredentialConfig(name.Value, use.Location, use.KeyPath, new EnvSourceConfig(use.Location, use.KeyPath, new Located<string>("TESTED", use.Location, use.KeyPath))))],
        };
    }

    /// <summary>Reads one file and, behind it, what it includes.</summary>
    private PolicyConfig Read(MappingNode node, LayerFile file, ProfileExpander profiles, int depth)
    {
        PolicyConfig config = new PolicyConfigReader(_context).Read(node, file.Kind);
        _layers.Add(config with
        {
            Domains = [.. config.Domains, .. profiles.Expand(config.Profiles, file)],
            Agents = [.. config.Agents.Select(agent => agent with { Domains = [.. agent.Domains, .. profiles.Expand(agent.Profiles, file)] })],
        });
        foreach (Located<string> include in config.Include)
        {
            Include(include, file, profiles, depth + 1);
        }

        return config;
    }

    private void Include(Located<string> include, LayerFile from, ProfileExpander profiles, int depth)
    {
        if (depth > MaxDepth)
        {
            bag.Error(DiagnosticCodes.TooManyLayers, $"files are included more than {MaxDepth} deep", include.Location, include.KeyPath, "include them from the first file");
            return;
        }

        if (files.Resolve(include, from, LayerKind.Include) is not { } file)
        {
            return;
        }

        if (files.Knows(file))
        {
            bag.Error(DiagnosticCodes.RepeatedLayer, $"\"{file.Display}\" is already a file of this policy", include.Location, include.KeyPath, "name each file once; a file that includes itself, by whatever way, would never end");
        }
        else if (files.Read(file, include, "write a path relative to the file that includes it") is { } node)
        {
            Read(node, file, profiles, depth);
        }
    }

    private PolicyConfig LayOver(PolicyConfig whole, string path)
    {
        LayerFile file = new(path, path, null, LayerKind.Overlay);
        if (files.Knows(file))
        {
            bag.Error(DiagnosticCodes.RepeatedLayer, "the overlay is already a file of this policy", new SourceLocation(path, 1, 1), null, "name each file once");
            return whole;
        }

        return files.Read(file, from: null, "name a readable file with --overlay") is { } node
            ? Overlay.Apply(whole, new PolicyConfigReader(_context).Read(node, LayerKind.Overlay))
            : whole;
    }

    private ImmutableArray<CredentialConfig> UniqueCredentials(IEnumerable<CredentialConfig> all)
    {
        Dictionary<string, CredentialConfig> first = new(StringComparer.Ordinal);
        List<CredentialConfig> unique = [];
        foreach (CredentialConfig credential in all)
        {
            if (first.TryAdd(credential.Name, credential))
            {
                unique.Add(credential);
            }
            else
            {
                SourceLocation place = first[credential.Name].Location;
                bag.Error(DiagnosticCodes.DuplicateKey, $"the credential \"{credential.Name}\" is already defined in {place.File}:{place.Line}", credential.Location, credential.KeyPath, "keep one of them");
            }
        }

        return [.. unique];
    }
}
