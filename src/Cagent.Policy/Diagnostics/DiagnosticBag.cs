// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Diagnostics;

/// <summary>Collects what is wrong with one text. Bounded: past the limit one last error says so, and further warnings are left out.</summary>
internal sealed class DiagnosticBag
{
    public const int Limit = 500;

    private readonly List<Diagnostic> _diagnostics = [];
    private int _errors;
    private int _warnings;

    public bool HasErrors { get; private set; }

    /// <summary>How many were reported, those that are left out included.</summary>
    public int Reported { get; private set; }

    public void Error(string code, string message, SourceLocation location, string? keyPath, string? hint = null) =>
        Add(new Diagnostic(code, DiagnosticSeverity.Error, message, location, keyPath, hint));

    public void Warning(string code, string message, SourceLocation location, string? keyPath, string? hint = null) =>
        Add(new Diagnostic(code, DiagnosticSeverity.Warning, message, location, keyPath, hint));

    /// <summary>All diagnostics in the order of files and lines; those of one place in the order in which they were found.</summary>
    public ImmutableArray<Diagnostic> ToImmutable(IReadOnlyList<string> files)
    {
        Dictionary<string, int> order = files.Distinct(StringComparer.Ordinal).Select((file, index) => (file, index)).ToDictionary(pair => pair.file, pair => pair.index, StringComparer.Ordinal);
        return
        [
            // A profile that is used twice is wrong once.
            .. _diagnostics
                .DistinctBy(diagnostic => (diagnostic.Code, diagnostic.Location, diagnostic.Message))
                .OrderBy(diagnostic => order.GetValueOrDefault(diagnostic.Location.File, int.MaxValue))
                .ThenBy(diagnostic => diagnostic.Location.Line)
                .ThenBy(diagnostic => diagnostic.Location.Column),
        ];
    }

    private void Add(Diagnostic diagnostic)
    {
        Reported++;
        if (diagnostic.Severity == DiagnosticSeverity.Warning)
        {
            // Counted apart: a policy of a thousand entries with a warning each is a valid policy.
            if (_warnings < Limit)
            {
                _warnings++;
                _diagnostics.Add(diagnostic);
            }

            return;
        }

        HasErrors = true;
        _errors++;
        if (_errors <= Limit)
        {
            _diagnostics.Add(diagnostic);
        }
        else if (_errors == Limit + 1)
        {
            _diagnostics.Add(new Diagnostic(
                DiagnosticCodes.TooMany, DiagnosticSeverity.Error, $"more than {Limit} errors; the rest is left out", diagnostic.Location, null, null));
        }
    }
}
