// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Tests.Streams;
using Envoy.Config.Core.V3;
using Grpc.Core;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>
/// A client of one variant, written from the protocol and not from the server: one node, its streams, what it wants of each
/// type. Node goes into the first message of a stream only.
/// </summary>
internal sealed class Driver : IDisposable
{
    private readonly Func<string, DriverStream> _open;
    private readonly Dictionary<string, DriverStream> _streams = [];
    private readonly Dictionary<string, SortedSet<string>> _wanted = [];
    private readonly Dictionary<string, DriverResponse> _last = [];
    private readonly Dictionary<string, string> _accepted = [];
    private int _responses;
    private int _requests;

    public Driver(CallInvoker channel, XdsVariant variant, string node)
    {
        Variant = variant;
        Node = node;
        _open = type => DriverCalls.Open(channel, variant, type);
    }

    public XdsVariant Variant { get; }

    public string Node { get; }

    /// <summary>The stream of a type; the only one on ADS.</summary>
    public DriverStream Stream(string type)
    {
        string key = Variant.IsAggregated ? "ads" : type;
        if (!_streams.TryGetValue(key, out DriverStream? stream))
        {
            stream = _open(type);
            _streams.Add(key, stream);
        }

        return stream;
    }

    /// <summary>Asks for everything of a type.</summary>
    public Task WildcardAsync(string type, string version = "", IReadOnlyDictionary<string, string>? held = null)
    {
        _wanted[type] = [];
        return SendAsync(type, new DriverRequest("") { Version = version, Held = held ?? new Dictionary<string, string>() });
    }

    public Task SubscribeAsync(string type, params string[] names) => SubscribeAsync(type, names, "");

    public Task SubscribeAsync(string type, string[] names, string version = "", IReadOnlyDictionary<string, string>? held = null)
    {
        Want(type).UnionWith(names);
        return SendAsync(type, new DriverRequest("") { Subscribe = names, Version = version, Held = held ?? new Dictionary<string, string>(), Nonce = SotwNonce(type) });
    }

    public Task UnsubscribeAsync(string type, params string[] names)
    {
        Want(type).ExceptWith(names);
        return SendAsync(type, new DriverRequest("") { Unsubscribe = names, Nonce = SotwNonce(type) });
    }

    /// <summary>The next response, which must be of the type, without an answer.</summary>
    public async Task<DriverResponse> TakeAsync(string type)
    {
        DriverResponse response = await Stream(type).NextAsync();
        _responses++;
        Assert.Equal(type, response.Type);
        _last[type] = response;
        return response;
    }

    /// <summary>The next response, which must be of the type, and its ACK.</summary>
    public async Task<DriverResponse> NextAsync(string type)
    {
        DriverResponse response = await TakeAsync(type);
        await AckAsync(type);
        return response;
    }

    /// <summary>Content of the responses, taken until there are as many resources as named; each in a response or all in one.</summary>
    public async Task<string> GatherAsync(string type, int count)
    {
        List<string> content = [];
        while (content.Count < count)
        {
            DriverResponse response = await NextAsync(type);
            Assert.Equal("", response.Removed);
            content.AddRange(response.Content.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        return string.Join(' ', content.Order(StringComparer.Ordinal));
    }

    public Task AckAsync(string type)
    {
        _accepted[type] = _last[type].Version;
        return SendAsync(type, new DriverRequest("") { Nonce = _last[type].Nonce });
    }

    public Task NackAsync(string type, string text, params string[] more)
    {
        Want(type).UnionWith(more);
        return SendAsync(type, new DriverRequest("") { Nonce = _last[type].Nonce, Error = text, Subscribe = more });
    }

    /// <summary>Sends with what is missing: type, node, names and version.</summary>
    public Task SendAsync(string type, DriverRequest request)
    {
        bool isFirst = !_streams.ContainsKey(Variant.IsAggregated ? "ads" : type);
        _requests++;
        return Stream(type).SendAsync(request with
        {
            TypeUrl = request.TypeUrl.Length > 0 ? request.TypeUrl : Snapshots.Type(type).TypeUrl,
            Node = request.Node ?? (isFirst ? Identify(Node) : null),
            Names = request.Names.Count > 0 ? request.Names : Want(type),
            Version = request.Version.Length > 0 ? request.Version : _accepted.GetValueOrDefault(type, ""),
        });
    }

    /// <summary>Never more responses than requests (Q1), and nothing that was not looked at.</summary>
    public void ExpectNothingMore()
    {
        Assert.All(_streams.Values, stream => Assert.False(stream.TryNext(out DriverResponse? response), $"unexpected: {response}"));
        Assert.True(_responses <= _requests, $"{_responses} responses to {_requests} requests");
    }

    /// <summary>Cuts all streams, keeps what was accepted, and starts anew with the next request.</summary>
    public void Disconnect()
    {
        foreach (DriverStream stream in _streams.Values)
        {
            stream.Dispose();
        }

        _streams.Clear();
        _last.Clear();
        _wanted.Clear();
    }

    public static Node Identify(string id) => new() { Id = id, Cluster = "conformance", UserAgentName = "driver" };

    public string LastNonce(string type) => _last[type].Nonce;

    public Task<Status> EndAsync(string type) => Stream(type).End.WaitAsync(XdsHost.Patience);

    public void Dispose() => Disconnect();

    private SortedSet<string> Want(string type)
    {
        if (!_wanted.TryGetValue(type, out SortedSet<string>? names))
        {
            names = new SortedSet<string>(StringComparer.Ordinal);
            _wanted.Add(type, names);
        }

        return names;
    }

    // SotW changes its subscription with the last nonce (envoy-dynamics 4.2), delta without one.
    private string SotwNonce(string type) => !Variant.IsDelta && _last.TryGetValue(type, out DriverResponse? last) ? last.Nonce : "";
}
