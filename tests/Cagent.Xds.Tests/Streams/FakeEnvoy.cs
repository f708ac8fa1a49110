// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace Cagent.Xds.Tests.Streams;

/// <summary>A client of one delta ADS stream, driven message by message. Responses read as in <see cref="StreamProbe"/>.</summary>
internal sealed class FakeEnvoy : IDisposable
{
    private readonly AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> _call;
    private readonly Channel<DeltaDiscoveryResponse> _responses = Channel.CreateUnbounded<DeltaDiscoveryResponse>();
    private readonly string _node;
    private bool _hasSaidNode;
    private int _syncs;

    public FakeEnvoy(AggregatedDiscoveryService.AggregatedDiscoveryServiceClient client, string node)
    {
        _node = node;
        _call = client.DeltaAggregatedResources();
        End = ReadAsync();
    }

    /// <summary>The status of the stream, once it ended.</summary>
    public Task<Status> End { get; }

    public DeltaDiscoveryResponse Last { get; private set; } = new();

    /// <summary>Sends a request; the first one gets the node.</summary>
    public async Task SendAsync(string type, Action<DeltaDiscoveryRequest>? change = null)
    {
        DeltaDiscoveryRequest request = new() { TypeUrl = type.Contains('.', StringComparison.Ordinal) ? type : Snapshots.Type(type).TypeUrl };
        if (!_hasSaidNode)
        {
            _hasSaidNode = true;
            request.Node = new Node { Id = _node, Cluster = "cluster", UserAgentName = "fake" };
        }

        change?.Invoke(request);
        try
        {
            await _call.RequestStream.WriteAsync(request).WaitAsync(XdsHost.Patience);
        }
        catch (RpcException)
        {
            // The server may end the stream before the write completes; End tells the status.
        }
    }

    public Task SubscribeAsync(string type, params string[] names) => SendAsync(type, request => request.ResourceNamesSubscribe.Add(names));

    /// <summary>The next response, which is left without an answer.</summary>
    public async Task<string> NextAsync()
    {
        Last = await _responses.Reader.ReadAsync().AsTask().WaitAsync(XdsHost.Patience);
        string set = string.Join(' ', Last.Resources.Select(resource => resource.Resource_.Value.ToStringUtf8()));
        string removed = string.Concat(Last.RemovedResources.Select(name => " -" + name));
        Assert.All(Last.Resources, resource => Assert.Equal(Last.TypeUrl, resource.Resource_.TypeUrl));
        return $"{Cagent.Xds.Resources.XdsType.SendOrder.Single(type => type.TypeUrl == Last.TypeUrl)}[{set}]{removed}";
    }

    public async Task<string> NextAndAckAsync()
    {
        string text = await NextAsync();
        await AckAsync();
        return text;
    }

    public Task AckAsync() => SendAsync(Last.TypeUrl, request => request.ResponseNonce = Last.Nonce);

    public Task NackAsync(string text) => SendAsync(Last.TypeUrl, request =>
    {
        request.ResponseNonce = Last.Nonce;
        request.ErrorDetail = new Google.Rpc.Status { Code = 13, Message = text };
    });

    /// <summary>
    /// Proves silence without waiting: a name that does not exist is answered at once, so its answer is the next response
    /// when nothing else was due.
    /// </summary>
    public async Task ExpectNothingAsync()
    {
        string name = $"sync-{++_syncs}";
        await SubscribeAsync("rtds", name);
        Assert.Equal($"rtds[] -{name}", await NextAndAckAsync());
    }

    public Task HalfCloseAsync() => _call.RequestStream.CompleteAsync().WaitAsync(XdsHost.Patience);

    public Task<Status> EndAsync() => End.WaitAsync(XdsHost.Patience);

    public void Dispose() => _call.Dispose();

    private async Task<Status> ReadAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None))
            {
                await _responses.Writer.WriteAsync(_call.ResponseStream.Current);
            }

            return Status.DefaultSuccess;
        }
        catch (RpcException exception)
        {
            return exception.Status;
        }
        finally
        {
            _responses.Writer.TryComplete();
        }
    }
}
