// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Cagent.Grpc.Client;
using Cagent.Xds.Tests.Conformance;

namespace Cagent.Xds.Tests.Faults;

/// <summary>
/// A client of one variant that follows clusters and listeners, and the endpoints and routes that these name, over a connection of its own that may
/// break at any moment: it connects again at once, with what it holds. One loop owns its state; it fails on a broken rule.
/// </summary>
internal sealed class RestlessClient : IAsyncDisposable
{
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);
    private readonly XdsVariant _variant;
    private readonly HttpChannel _channel;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<(string Key, DriverStream Stream, DriverResponse? Response)> _events = Channel.CreateUnbounded<(string, DriverStream, DriverResponse?)>();
    private readonly Dictionary<string, ClientView> _views;
    private readonly Dictionary<string, DriverStream> _streams = [];
    private readonly List<Task> _readers = [];
    private readonly Task _loop;
    private volatile string _content = "";
    private int _connects;

    public RestlessClient(int port, XdsVariant variant, string node)
    {
        Node = node;
        _variant = variant;
        _views = new[] { "cds", "eds", "lds", "rds" }.ToDictionary(type => type, type => new ClientView(type, variant.IsDelta, type is "cds" or "lds"));
        _channel = HttpChannel.ForAddress(new Uri($"http://127.0.0.1:{port}"), new HttpChannelOptions
        {
            InitialReconnectBackoff = Rest,
            MaxReconnectBackoff = Rest * 10,
            KeepAlivePingDelay = Ping,
            KeepAlivePingTimeout = Ping,
            MaxReceiveMessageSize = 16 * 1024 * 1024,
        });
        _loop = RunAsync();
    }

    public string Node { get; }

    /// <summary>How many streams it holds when all is well.</summary>
    public int StreamCount => _variant.IsAggregated ? 1 : _views.Count;

    /// <summary>Streams opened so far.</summary>
    public int Connects => Volatile.Read(ref _connects);

    /// <summary>Everything that it holds, type by type.</summary>
    public string Content => _loop.IsFaulted ? $"{Node} failed: {_loop.Exception}" : _content;

    /// <summary>What a client holds that has followed a snapshot of these resources to its end.</summary>
    public static string ContentOf(IEnumerable<string> resources) =>
        string.Join('|', resources.GroupBy(text => text[..3]).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key}: {string.Join(' ', group.Select(text => text[4..]).Order(StringComparer.Ordinal))}"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (DriverStream stream in _streams.Values)
        {
            stream.Dispose();
        }

        await Task.WhenAll(_readers);
        _channel.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            foreach (string key in _variant.IsAggregated ? ["ads"] : _views.Keys.ToArray())
            {
                await OpenAsync(key);
            }

            await foreach ((string key, DriverStream stream, DriverResponse? response) in _events.Reader.ReadAllAsync(_stop.Token))
            {
                if (_streams[key] != stream)
                {
                    continue;
                }

                if (response is not null)
                {
                    await TakeAsync(response);
                    continue;
                }

                stream.Dispose();
                _readers.RemoveAll(reader => reader.IsCompleted);
                await Task.Delay(Rest, TimeProvider.System, _stop.Token);
                await OpenAsync(key);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private async Task OpenAsync(string key)
    {
        DriverStream stream = DriverCalls.Open(_channel.CreateCallInvoker(), _variant, key);
        _streams[key] = stream;
        Interlocked.Increment(ref _connects);
        _readers.Add(ReadAsync(key, stream));
        bool isFirst = true;
        foreach (ClientView view in _views.Values.Where(view => key == "ads" || key == view.Type))
        {
            if (view.Open() is { } request)
            {
                await stream.SendAsync(isFirst ? request with { Node = Driver.Identify(Node) } : request);
                isFirst = false;
            }
        }
    }

    private async Task ReadAsync(string key, DriverStream stream)
    {
        await foreach (DriverResponse response in stream.AllAsync())
        {
            _events.Writer.TryWrite((key, stream, response));
        }

        _events.Writer.TryWrite((key, stream, null));
    }

    private async Task TakeAsync(DriverResponse response)
    {
        ClientView view = _views[response.Type];
        await SendAsync(view, view.Accept(response, isFullState: view.IsWildcard));
        await FollowAsync("cds", "eds");
        await FollowAsync("lds", "rds");
        _content = string.Join('|', _views.Where(pair => pair.Value.Names.Count > 0)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value.Content}"));
    }

    private async Task FollowAsync(string parent, string child)
    {
        if (_views[child].Want(_views[parent].Names) is { } request)
        {
            await SendAsync(_views[child], request);
        }
    }

    private Task SendAsync(ClientView view, DriverRequest request)
    {
        DriverStream stream = _streams[_variant.IsAggregated ? "ads" : view.Type];

        // A stream of its own whose first request had to wait for a name has not said whose it is.
        return stream.SendAsync(_variant.IsAggregated ? request : request with { Node = Driver.Identify(Node) });
    }
}
