// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Catalogue;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Language;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Layers;

/// <summary>Turns each use of a profile into entries. Arguments go into values that are already parsed, so none can become YAML.</summary>
internal sealed class ProfileExpander(LayerFiles files, PolicyLoadOptions options, ReadingContext context)
{
    private readonly Dictionary<string, ProfileTemplate?> _templates = new(StringComparer.Ordinal);

    /// <summary>The entries of the profiles that a file uses, in the order of its list.</summary>
    public ImmutableArray<DomainConfig> Expand(ImmutableArray<ProfileUseConfig> uses, LayerFile from)
    {
        List<DomainConfig> entries = [];
        foreach (ProfileUseConfig use in uses)
        {
            if (Find(use.Use, from) is { } template && Bind(use, template) is { } arguments)
            {
                MappingNode filled = new ProfileSubstitution(arguments, template.Parameters, context.Bag).Fill(template.Node);
                MappingReader reader = new(filled, use.KeyPath, FileKeys.Profile, context);
                entries.AddRange(DomainConfigReader.ReadAll(reader, context).Select(Inspected));
            }
        }

        return [.. entries];
    }

    // What a profile's rules mean must not hang on the policy that uses it: its entries are inspected unless they say otherwise.
    private static DomainConfig Inspected(DomainConfig entry) =>
        entry.Tls is not null || entry.Scheme?.Value == Scheme.Http || entry.Domain is not { } domain
            ? entry
            : entry with { Tls = new TlsConfig(domain.Location, domain.KeyPath, domain.As(TlsMode.Intercept), TrustedCa: null) };

    private ProfileTemplate? Find(Located<string> use, LayerFile from)
    {
        bool isName = use.Value.Length <= 64 && use.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        string? shipped = isName ? options.ShippedProfiles.GetValueOrDefault(use.Value) : null;
        LayerFile? file = shipped is not null ? ShippedFile(use.Value) : isName ? files.ProfileOf(use.Value) : files.Resolve(use, from, LayerKind.Profile);
        if (file is null)
        {
            return null;
        }

        if (_templates.TryGetValue(file.Path, out ProfileTemplate? template))
        {
            return template;
        }

        MappingNode? node = shipped is null ? ReadFile(file, use, isName) : ReadShipped(file, shipped, use);
        template = node is null ? null : ReadTemplate(node, file);
        _templates.Add(file.Path, template);
        return template;
    }

    private static LayerFile ShippedFile(string name) => new(ShippedProfiles.DisplayOf(name), ShippedProfiles.DisplayOf(name), null, LayerKind.Profile);

    // Neither may shadow the other in silence: a file beside the policy would change what a shipped name means, and a new
    // release what the file's name means.
    private MappingNode? ReadShipped(LayerFile file, string text, Located<string> use)
    {
        LayerFile beside = files.ProfileOf(use.Value);
        if (files.Peek(beside) is { } own && own.ReplaceLineEndings("\n") != text.ReplaceLineEndings("\n"))
        {
            context.Bag.Error(
                DiagnosticCodes.AmbiguousProfile, $"\"{use.Value}\" is a shipped profile, and \"{beside.Display}\" is another one of this name", use.Location, use.KeyPath, $"rename that file, or name it by its path: use: ./{beside.Relative}");
            return null;
        }

        return files.ReadShipped(file, text, use);
    }

    private MappingNode? ReadFile(LayerFile file, Located<string> use, bool isName)
    {
        if (files.Knows(file))
        {
            context.Bag.Error(DiagnosticCodes.RepeatedLayer, $"\"{file.Display}\" is already a file of this policy, and no profile", use.Location, use.KeyPath, "name a file of its own");
            return null;
        }

        string hint = isName
            ? Spelling.Suggest(use.Value, options.KnownProfiles.Concat(options.ShippedProfiles.Keys)) ?? "`cagent profiles list` shows the shipped ones; write a relative path to one of your own"
            : "write a path relative to the file that names it";
        return files.Read(file, use, hint);
    }

    private ProfileTemplate ReadTemplate(MappingNode node, LayerFile file)
    {
        MappingReader reader = new(node, "", FileKeys.Profile, context);
        new PolicyConfigReader(context).CheckVersion(reader);
        reader.Text("description");
        return new ProfileTemplate(file, node, new ParameterReader(context).Read(reader));
    }

    /// <summary>The argument of each parameter, null where an optional one has none; or null after reporting what is wrong.</summary>
    private Dictionary<string, string?>? Bind(ProfileUseConfig use, ProfileTemplate template)
    {
        Dictionary<string, string?> bound = new(StringComparer.Ordinal);
        bool isGood = true;
        foreach (NamedText argument in use.Arguments.Where(argument => template.Parameters.All(parameter => parameter.Name != argument.Name)))
        {
            isGood = false;
            string known = template.Parameters.IsEmpty ? "it takes none" : $"it takes {string.Join(", ", template.Parameters.Select(parameter => parameter.Name))}";
            context.Bag.Error(
                DiagnosticCodes.BadArgument, $"the profile \"{use.Use.Value}\" has no such parameter", argument.NameLocation, argument.Value.KeyPath,
                Spelling.Suggest(argument.Name, template.Parameters.Select(parameter => parameter.Name)) ?? known);
        }

        foreach (ProfileParameter parameter in template.Parameters)
        {
            Located<string>? given = use.Arguments.FirstOrDefault(argument => argument.Name == parameter.Name)?.Value;
            if (given is not null && ParameterReader.FindProblem(parameter.Type, given.Value) is { } problem)
            {
                isGood = false;
                context.Bag.Error(DiagnosticCodes.BadArgument, $"the argument {problem}", given.Location, given.KeyPath);
            }
            else if (given is null && parameter.IsRequired)
            {
                isGood = false;
                context.Bag.Error(
                    DiagnosticCodes.BadArgument, $"the profile \"{use.Use.Value}\" needs the argument \"{parameter.Name}\"", use.Location, $"{use.KeyPath}.{parameter.Name}", $"write {{use: {use.Use.Value}, {parameter.Name}: …}}");
            }

            bound[parameter.Name] = given?.Value ?? parameter.Default?.Value;
        }

        return isGood ? bound : null;
    }
}
