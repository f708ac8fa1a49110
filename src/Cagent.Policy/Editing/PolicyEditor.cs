// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;

namespace Cagent.Policy.Editing;

/// <summary>
/// Changes a policy text entry by entry and leaves every other byte as its author wrote it: comments, order, quotes, blank lines
/// and line ends. Pure and thread safe. An edit that would change the meaning of anything else is refused, because the result is
/// read again and compared; whether the new entry is valid is for <see cref="PolicyLoader"/> to say.
/// </summary>
public static class PolicyEditor
{
    private const string Domains = "domains";

    /// <summary>Appends an entry.</summary>
    /// <param name="text">The policy.</param>
    /// <param name="entry">The entry as YAML: a mapping, in block or flow style, such as <c>domain: example.com</c>.</param>
    /// <param name="agent">The agent whose own entry it becomes, as written; null for the shared ones.</param>
    /// <returns>The new text, or why it was refused: no mapping, or an entry of that host and port is there already.</returns>
    public static PolicyEdit AddEntry(string text, string entry, string? agent = null) => Run(text, document =>
    {
        if (SpanReader.Read(entry) is not SpanNode.Map added)
        {
            return PolicyEdit.Refused("the new entry is no mapping of keys; write such as \"domain: example.com\"");
        }

        if (ScalarOf(added, "domain") is not { } host)
        {
            return PolicyEdit.Refused("the new entry has no \"domain\"");
        }

        if (OwnerOf(document, agent) is not { } owner)
        {
            return PolicyEdit.Refused($"there is no agent \"{agent}\"");
        }

        EntrySelector selector = new(host, PortOf(added), agent);
        return owner.Find(Domains)?.Value is SpanNode.List list && list.Items.Any(item => item is SpanNode.Map map && IsSame(map, selector))
            ? PolicyEdit.Refused($"{selector} has an entry already")
            : document.AppendItem(owner, Domains, entry, added);
    });

    /// <summary>Removes an entry, with the comments inside it and those that stand directly above it.</summary>
    /// <param name="text">The policy.</param>
    /// <param name="selector">The entry.</param>
    /// <returns>The new text, or why it was refused.</returns>
    public static PolicyEdit RemoveEntry(string text, EntrySelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Run(text, document => Find(document, selector, out SpanNode.List? list, out int index) is { } problem
            ? PolicyEdit.Refused(problem)
            : document.RemoveItem(list!, index));
    }

    /// <summary>Gives a key of an entry a value; comments behind the value stay.</summary>
    /// <param name="text">The policy.</param>
    /// <param name="selector">The entry.</param>
    /// <param name="key">The key, such as <c>read_only</c>.</param>
    /// <param name="value">The value as YAML on one line, such as <c>true</c> or <c>["GET /**"]</c>.</param>
    /// <returns>The new text, which is the old one when the value is the same; or why it was refused.</returns>
    public static PolicyEdit SetKey(string text, EntrySelector selector, string key, string value)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        return Run(text, document => Find(document, selector, out SpanNode.List? list, out int index) is { } problem ? PolicyEdit.Refused(problem)
            : value.AsSpan().IndexOfAny('\n', '\r') >= 0 ? PolicyEdit.Refused("the value has more than one line; write a list in brackets")
            : document.SetKey((SpanNode.Map)list!.Items[index], key, value));
    }

    /// <summary>Takes a key out of an entry.</summary>
    /// <param name="text">The policy.</param>
    /// <param name="selector">The entry.</param>
    /// <param name="key">The key; not <c>domain</c>.</param>
    /// <returns>The new text, which is the old one when the key is not there; or why it was refused.</returns>
    public static PolicyEdit RemoveKey(string text, EntrySelector selector, string key)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Run(text, document => Find(document, selector, out SpanNode.List? list, out int index) is { } problem ? PolicyEdit.Refused(problem)
            : key == "domain" ? PolicyEdit.Refused("an entry without \"domain\" is none; remove the entry")
            : document.RemoveKey((SpanNode.Map)list!.Items[index], key));
    }

    private static PolicyEdit Run(string text, Func<EditedDocument, PolicyEdit> edit)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SpanReader.Read(text) switch
        {
            SpanNode.Map root => edit(new EditedDocument(text, root)),
            null => PolicyEdit.Refused("the text is no valid YAML"),
            _ => PolicyEdit.Refused("the text is no policy: it is no mapping of keys"),
        };
    }

    private static string? Find(EditedDocument document, EntrySelector selector, out SpanNode.List? list, out int index)
    {
        SpanNode.List? domains = OwnerOf(document, selector.Agent)?.Find(Domains)?.Value as SpanNode.List;
        int[] found = [.. Enumerable.Range(0, domains?.Items.Length ?? 0).Where(i => domains!.Items[i] is SpanNode.Map map && IsSame(map, selector))];
        list = domains;
        index = found.Length == 1 ? found[0] : -1;
        return found.Length switch
        {
            0 => $"there is no entry {selector}",
            1 => null,
            _ => $"{selector} has entries on several ports; name one",
        };
    }

    private static SpanNode.Map? OwnerOf(EditedDocument document, string? agent) => agent is null
        ? document.Root
        : (document.Root.Find("agents")?.Value as SpanNode.List)?.Items.OfType<SpanNode.Map>().FirstOrDefault(item => ScalarOf(item, "name") == agent);

    private static bool IsSame(SpanNode.Map entry, EntrySelector selector) =>
        ScalarOf(entry, "domain") is { } host
        && Canonical(host) == Canonical(selector.Host)
        && (selector.Port is null || PortOf(entry) == selector.Port);

    private static string Canonical(string host) => HostPattern.TryParse(host, out HostPattern? pattern, out _) ? pattern.ToString() : host;

    private static Port? PortOf(SpanNode.Map entry) => ScalarOf(entry, "port") is { } text
        ? int.TryParse(text, out int number) && Port.TryCreate(number, out Port port) ? port : null
        : ScalarOf(entry, "scheme") == "http" ? Port.Http : Port.Https;

    private static string? ScalarOf(SpanNode.Map map, string key) => (map.Find(key)?.Value as SpanNode.Scalar)?.Value;
}
