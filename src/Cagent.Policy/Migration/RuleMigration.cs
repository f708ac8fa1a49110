// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;

namespace Cagent.Policy.Migration;

/// <summary>Translates <c>read_only</c> and <c>allowed_paths</c> of an entry into rules.</summary>
internal sealed class RuleMigration(MigrationNotes notes)
{
    public void Take(OldMapping entry, EntryDraft draft)
    {
        bool isReadOnly = ReadReadOnly(entry.Take("read_only"), draft);
        List<PathPattern>? paths = ReadPaths(entry.Take("allowed_paths"), draft);
        if (paths is null)
        {
            if (isReadOnly)
            {
                draft.Add("read_only: true");
            }

            return;
        }

        string methods = isReadOnly ? "GET,HEAD,OPTIONS" : "*";
        draft.Add("allow:");
        foreach (PathPattern path in paths.Where(path => !paths.Any(other => other != path && other.Covers(path))))
        {
            draft.Add($"  - {PolicyScalar.Write($"{methods} {path.Text}")}");
        }
    }

    private bool ReadReadOnly(OldValue? readOnly, EntryDraft draft)
    {
        if (readOnly is null)
        {
            return false;
        }

        if (readOnly.Flag is { } flag)
        {
            notes.Mapped(readOnly, flag ? "read_only: GET, HEAD and OPTIONS, on every surface" : "read_only: false, which is the default");
            return flag;
        }

        draft.Losses.Add("whether it was read-only cannot be read");
        notes.Dropped(readOnly, "is neither true nor false; the entry is read-only and disabled");
        return true;
    }

    /// <summary>The paths; null when every path is allowed.</summary>
    private List<PathPattern>? ReadPaths(OldValue? paths, EntryDraft draft)
    {
        if (paths is null or { IsNothing: true })
        {
            return null;
        }

        if (paths.Items is not { } items)
        {
            draft.Losses.Add("its paths cannot be read");
            notes.Dropped(paths, "wants a list of paths; the entry is disabled");
            return null;
        }

        OldValue[] all = [.. items];
        if (all.Length == 0)
        {
            notes.Mapped(paths, "an empty list allowed every path, as no \"allow\" does");
            return null;
        }

        List<PathPattern> patterns = [.. all.Select(ReadPath).OfType<PathPattern>().Distinct()];
        if (patterns.Count == 0)
        {
            draft.Losses.Add("none of its paths can be read");
            notes.Dropped(paths, "none of the paths can be taken over, so the entry is disabled");
            return null;
        }

        notes.Mapped(paths, "allow");
        return patterns.Contains(PathPattern.Everything) ? null : patterns;
    }

    private PathPattern? ReadPath(OldValue item)
    {
        string text = item.Text ?? "";
        bool isPrefix = text.EndsWith('*');
        string stem = isPrefix ? text[..^1] : text;
        if (isPrefix && stem is "" or "/")
        {
            return isPrefix ? PathPattern.Everything : Parse(item, "/");
        }

        if (stem.Contains('*', StringComparison.Ordinal))
        {
            notes.Dropped(item, "a star inside a path stood for itself, and no rule can name it; write the path by hand");
            return null;
        }

        if (!isPrefix)
        {
            return Parse(item, stem);
        }

        bool cutsASegment = !stem.EndsWith('/');
        PathPattern? pattern = Parse(item, cutsASegment ? stem + "/**" : stem + "**");
        if (pattern is not null && cutsASegment)
        {
            notes.Changed(item, $"* {pattern.Text}: the path and all below it; the old prefix ended inside a segment and also let names pass that only begin so, list them if they are wanted");
        }

        return pattern;
    }

    private PathPattern? Parse(OldValue item, string path)
    {
        if (PathPattern.TryParse(path, out PathPattern? pattern, out string? problem))
        {
            return pattern;
        }

        notes.Dropped(item, $"the path {problem}; no rule can name it");
        return null;
    }
}
