// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Tests.Conformance;

namespace Cagent.Xds.Tests.Faults;

/// <summary>What a client of one type holds and wants, by the words of the protocol; it outlives the client's streams.</summary>
/// <param name="type">The type's short name.</param>
/// <param name="isDelta">How the client speaks.</param>
/// <param name="isWildcard">Whether it wants everything of the type, else names only.</param>
internal sealed class ClientView(string type, bool isDelta, bool isWildcard)
{
    private readonly SortedDictionary<string, (string Text, string Version)> _held = new(StringComparer.Ordinal);
    private SortedSet<string> _wanted = new(StringComparer.Ordinal);
    private string _version = "";
    private string _nonce = "";
    private bool _hasAsked;

    public string Type => type;

    public bool IsWildcard => isWildcard;

    public IReadOnlyCollection<string> Names => _held.Keys;

    /// <summary>The texts of everything that is held.</summary>
    public string Content => string.Join(' ', _held.Values.Select(held => held.Text));

    /// <summary>The first request on a new stream; null when there is nothing to ask for.</summary>
    public DriverRequest? Open()
    {
        _nonce = "";
        _hasAsked = isWildcard || _wanted.Count > 0;
        return !_hasAsked ? null : new DriverRequest(TypeUrl)
        {
            Names = _wanted,
            Subscribe = isWildcard ? [] : _wanted,
            Version = _version,
            Held = isDelta ? _held.ToDictionary(pair => pair.Key, pair => pair.Value.Version) : new Dictionary<string, string>(),
        };
    }

    /// <summary>Takes a response in, and gives its ACK.</summary>
    public DriverRequest Accept(DriverResponse response, bool isFullState)
    {
        if (isFullState && !isDelta)
        {
            _held.Clear();
        }

        foreach (string name in response.Removed.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            _held.Remove(name);
        }

        foreach (string text in response.Content.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = text[..text.IndexOf('=', StringComparison.Ordinal)];
            if (isWildcard || _wanted.Contains(name))
            {
                _held[name] = (text, response.Versions.GetValueOrDefault(name, ""));
            }
        }

        _version = response.Version;
        _nonce = response.Nonce;
        return new DriverRequest(TypeUrl) { Names = _wanted, Version = _version, Nonce = _nonce };
    }

    /// <summary>Wants other names from now on; gives the request that says so, null when nothing changed.</summary>
    public DriverRequest? Want(IEnumerable<string> names)
    {
        SortedSet<string> wanted = new(names, StringComparer.Ordinal);
        string[] more = [.. wanted.Except(_wanted)];
        string[] less = [.. _wanted.Except(wanted)];
        _wanted = wanted;
        foreach (string name in less)
        {
            _held.Remove(name);
        }

        if (more.Length + less.Length == 0)
        {
            return null;
        }

        // An empty list would be a wildcard if it came first.
        if (!_hasAsked)
        {
            return Open();
        }

        return new DriverRequest(TypeUrl)
        {
            Names = _wanted, Version = _version, Nonce = isDelta ? "" : _nonce, Subscribe = more, Unsubscribe = less,
        };
    }

    private string TypeUrl => Snapshots.Type(type).TypeUrl;
}
