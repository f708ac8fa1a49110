// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges the lines of <c>allow</c> and <c>deny</c>, alone and against each other.</summary>
internal sealed class RuleValidator(DiagnosticBag bag)
{
    private static readonly string ReadOnlyText = $"{MethodSet.ReadOnly} {PathPattern.Everything}";

    private const string Form = "write METHOD[,METHOD…] PATH with one space between, such as \"GET,HEAD /v1/**\" or \"* /v1/**\"";

    public RuleLists Validate(DomainConfig config)
    {
        ImmutableArray<PolicyRule> allow = Read(config.Allow);
        ImmutableArray<PolicyRule> deny = Read(config.Deny);
        if (config.Allow is { Value.Length: 0 } empty)
        {
            bag.Error(
                DiagnosticCodes.EmptyAllow, "an empty \"allow\" would allow nothing, while a missing one allows everything", empty.Location, empty.KeyPath, "name what is allowed, remove the key to allow everything, or remove the entry");
        }

        if (config.ReadOnly is { Value: true } readOnly)
        {
            if (config.Allow is not null)
            {
                bag.Error(DiagnosticCodes.AllowBesideReadOnly, "\"read_only\" is an allow list of its own and cannot stand beside \"allow\"", readOnly.Location, readOnly.KeyPath, "keep one of them");
            }

            allow = [new PolicyRule(MethodSet.ReadOnly, PathPattern.Everything, ReadOnlyText, readOnly.Location)];
        }

        ReportUnreachable(config, allow, deny);
        RuleLists rules = new(allow, deny);
        new RuleReach(bag).Report(config, rules);
        return rules;
    }

    private ImmutableArray<PolicyRule> Read(Located<ImmutableArray<Located<string>>>? lines)
    {
        if (lines is null)
        {
            return [];
        }

        List<PolicyRule> rules = new(lines.Value.Length);
        foreach (Located<string> line in lines.Value)
        {
            if (!TryRead(line, out PolicyRule? rule))
            {
                continue;
            }

            PolicyRule? earlier = rules.Count == 0 ? null : rules.Find(other => other.Text == rule.Text);
            if (earlier is null)
            {
                rules.Add(rule);
            }
            else
            {
                bag.Warning(DiagnosticCodes.DuplicateRule, $"the rule already stands in line {earlier.Location.Line}", line.Location, line.KeyPath, "remove one of them");
            }
        }

        return [.. rules];
    }

    private bool TryRead(Located<string> line, [NotNullWhen(true)] out PolicyRule? rule)
    {
        rule = null;
        string[] parts = line.Value.Split(' ');
        if (parts is not [var methodText, var pathText])
        {
            string problem = parts.Length == 1 && line.Value.StartsWith('/') ? "the rule names no method" : "the rule is not methods, one space and a path";
            bag.Error(DiagnosticCodes.BadRule, problem, line.Location, line.KeyPath, Form);
            return false;
        }

        bool hasMethods = MethodSet.TryParse(methodText, out MethodSet methods, out string? methodProblem);
        bool hasPath = PathPattern.TryParse(pathText, out PathPattern? path, out string? pathProblem);
        if (!hasMethods)
        {
            bag.Error(DiagnosticCodes.BadRule, methodProblem!, line.Location, line.KeyPath, Form);
        }

        if (!hasPath)
        {
            bag.Error(DiagnosticCodes.BadRule, $"the path {pathProblem}", line.Location, line.KeyPath, HintForPath(pathText));
        }

        // Most lines are canonical as they are written, and their text is held once.
        rule = hasMethods && hasPath
            ? pathText == path!.Text && methodText == methods.ToString() ? new PolicyRule(methods, path, line.Value, line.Location) : Rule(methods, path, line.Location)
            : null;
        return rule is not null;
    }

    private void ReportUnreachable(DomainConfig config, ImmutableArray<PolicyRule> allow, ImmutableArray<PolicyRule> deny)
    {
        if (deny.IsEmpty)
        {
            return;
        }

        bool allowsEverything = config.Allow is null && config.ReadOnly is not { Value: true };
        PolicyRule everything = Rule(MethodSet.Any, PathPattern.Everything, config.Location);
        foreach (PolicyRule rule in allowsEverything ? [everything] : allow)
        {
            PolicyRule? cover = deny.FirstOrDefault(other => other.Methods.Covers(rule.Methods) && other.Path.Covers(rule.Path));
            if (cover is null)
            {
                continue;
            }

            string line = $"\"{cover.Text}\" in line {cover.Location.Line}";
            bool isImplied = allowsEverything || config.ReadOnly is { Value: true };
            bag.Error(
                DiagnosticCodes.UnreachableRule,
                isImplied ? $"the entry allows nothing: {line} denies all of it" : $"the rule allows nothing: {line} denies all of it, and deny beats allow",
                isImplied ? cover.Location : rule.Location,
                isImplied ? config.Deny?.KeyPath : KeyPathOf(config.Allow, rule),
                isImplied ? "narrow the rule, or remove the entry" : "remove one of them");
        }
    }

    private static string? KeyPathOf(Located<ImmutableArray<Located<string>>>? lines, PolicyRule rule) =>
        lines?.Value.FirstOrDefault(line => line.Location == rule.Location)?.KeyPath;

    private static PolicyRule Rule(MethodSet methods, PathPattern path, SourceLocation location) => new(methods, path, $"{methods} {path}", location);

    private static string? HintForPath(string path) => path switch
    {
        _ when path.Contains('{', StringComparison.Ordinal) => "write * for one segment of any value",
        _ when path.Contains("://", StringComparison.Ordinal) => "write the path alone; the host is the entry's",
        _ when path.Contains('?', StringComparison.Ordinal) => "remove it",
        _ when path.Contains('*', StringComparison.Ordinal) => "write * for one whole segment, and ** at the end for all that follow",
        _ when path.Any(c => c > '\u007f') => $"write {Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal).Replace("%2A", "*", StringComparison.Ordinal)}",
        _ when !path.StartsWith('/') => $"write /{path}",
        _ => "such a path is denied in every request, so no rule can name it",
    };
}
