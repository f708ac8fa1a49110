// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace Cagent.Domains;

/// <summary>What identifies one policy entry everywhere: its host pattern and port. Immutable.</summary>
/// <param name="Host">The host pattern.</param>
/// <param name="Port">The port.</param>
public sealed record EntryKey(HostPattern Host, Port Port)
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <param name="text">A pattern and a port, such as <c>*.wild.example.org:443</c>.</param>
    /// <param name="key">The key.</param>
    /// <param name="problem">What is wrong, in words that follow the text.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out EntryKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        if (!AuthorityText.TrySplit(text, defaultPort: null, out string? hostText, out Port port, out problem)
            || !HostPattern.TryParse(hostText, out HostPattern? host, out problem))
        {
            return false;
        }

        key = new EntryKey(host, port);
        return true;
    }

    /// <summary>The key of another name on the same port, such as an entry's second name.</summary>
    public EntryKey Of(HostName name) => new(HostPattern.Exact(name), Port);

    /// <summary><c>host:port</c>, with brackets around an IPv6 address.</summary>
    public override string ToString() => AuthorityText.Join(Host.Text, Port);
}
