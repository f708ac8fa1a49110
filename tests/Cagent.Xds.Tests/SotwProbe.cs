// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Tests;

/// <summary>Plays a state-of-the-world client, which repeats its names, version and nonce in each request. Texts as in <see cref="StreamProbe"/>.</summary>
internal sealed class SotwProbe
{
    private readonly Dictionary<string, string[]> _names = [];
    private readonly Dictionary<string, ResponsePart> _last = [];
    private readonly Dictionary<string, string> _version = [];

    public SotwProbe(bool isAggregated = true, int maxBytes = 1 << 20, Func<string, string, bool>? isOnDemand = null) =>
        Stream = new StreamProbe(isOnDemand, maxBytes, variant: new XdsVariant(IsDelta: false, isAggregated));

    public StreamProbe Stream { get; }

    public string Publish(params string[] resources) => Note(Stream.Publish(resources));

    /// <summary>Says the whole list of names, with the last nonce and version of the type.</summary>
    public string Want(string type, params string[] names)
    {
        _names[type] = names;
        return Say(type, null);
    }

    public string Ack(string type)
    {
        _version[type] = _last[type].VersionInfo;
        return Say(type, null);
    }

    public string Nack(string type, string text = "no", string[]? names = null)
    {
        _names[type] = names ?? _names[type];
        return Say(type, text);
    }

    public string AckAll(params string[] types)
    {
        string[] came = [.. types.Select(Ack).Where(text => text.Length > 0)];
        return string.Join("; ", came);
    }

    /// <summary>The first request of a later stream: a version and no nonce.</summary>
    public string Reconnect(string type, string version, params string[] names)
    {
        _version[type] = version;
        return Want(type, names);
    }

    public string Send(string type, SotwRequest request) => Note(Stream.Send(type, request));

    public string Pass(double seconds) => Note(Stream.Pass(seconds));

    public ResponsePart Last(string type) => _last[type];

    public string Describe(string type) => string.Join(' ', _last[type].Resources.Select(resource => resource.Body.ToStringUtf8()));

    private string Say(string type, string? error) => Send(type, new SotwRequest
    {
        TypeUrl = "",
        Names = _names[type],
        VersionInfo = _version.GetValueOrDefault(type, ""),
        Nonce = _last.TryGetValue(type, out ResponsePart? part) ? part.Nonce : "",
        Error = error,
    });

    private string Note(string text)
    {
        foreach (ResponsePart part in Stream.All)
        {
            _last[part.Type.ShortName] = part;
        }

        return text;
    }
}
