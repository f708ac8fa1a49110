// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Waiting;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Cagent.Grpc.Tests.Server;

public class ObservabilityTests
{
    private const string Unary = "cagent.grpc.tests.v1.EchoService/Unary";

    [Fact]
    public async Task Span_WithAParentInTheHeaders_IsItsServerSpan()
    {
        await using TestHost host = await TestHost.StartAsync();
        using Spans spans = new();
        Activity? inHandler = null;
        host.Service.OnUnary = (_, _) =>
        {
            inHandler = Activity.Current;
            return Task.FromResult(new EchoResponse());
        };

        await host.Client.UnaryAsync(new EchoRequest(), spans.Headers);

        Activity span = await spans.SingleAsync();
        Assert.Same(inHandler, span);
        Assert.Equal(ActivityKind.Server, span.Kind);
        Assert.Equal(Unary, span.DisplayName);
        Assert.Equal(Spans.Parent, span.ParentSpanId.ToHexString());
        Assert.True(span.HasRemoteParent);
        Assert.Equal("k=v", span.TraceStateString);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Equal("grpc", span.GetTagItem("rpc.system.name"));
        Assert.Equal(Unary, span.GetTagItem("rpc.method"));
        Assert.Equal("OK", span.GetTagItem("rpc.response.status_code"));
        Assert.Equal("127.0.0.1", span.GetTagItem("network.peer.address"));
        Assert.Equal(host.Port, span.GetTagItem("server.port"));
        Assert.Null(span.GetTagItem("error.type"));
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "NOT_FOUND", false)]
    [InlineData(StatusCode.Internal, "INTERNAL", true)]
    public async Task Span_OfAFailure_IsAnErrorOnlyWhenTheServerIsAtFault(StatusCode code, string name, bool isError)
    {
        await using TestHost host = await TestHost.StartAsync();
        using Spans spans = new();
        host.Service.OnUnary = (_, _) => throw new RpcException(new Status(code, "secret detail"));

        await Assert.ThrowsAsync<RpcException>(async () => await host.Client.UnaryAsync(new EchoRequest(), spans.Headers));

        Activity span = await spans.SingleAsync();
        Assert.Equal(name, span.GetTagItem("rpc.response.status_code"));
        Assert.Equal(isError ? name : null, span.GetTagItem("error.type"));
        Assert.Equal(isError ? ActivityStatusCode.Error : ActivityStatusCode.Unset, span.Status);
        Assert.Null(span.StatusDescription);
    }

    [Fact]
    public async Task Context_WithoutAListener_StillReachesTheHandler()
    {
        await using TestHost host = await TestHost.StartAsync();
        string trace = ActivityTraceId.CreateRandom().ToHexString();
        string? seen = null;
        host.Service.OnUnary = (_, _) =>
        {
            seen = Activity.Current?.TraceId.ToHexString();
            return Task.FromResult(new EchoResponse());
        };

        await host.Client.UnaryAsync(new EchoRequest(), new Metadata { { "traceparent", $"00-{trace}-{Spans.Parent}-00" } });
        Assert.Equal(trace, seen);
        await host.Client.UnaryAsync(new EchoRequest(), new Metadata { { "traceparent", "nonsense" } });
        Assert.NotEqual(trace, seen);
    }

    [Fact]
    public async Task Metrics_OfCalls_CarryTheConventionsNamesAndBoundedTags()
    {
        using Measurements measurements = new();
        await using TestHost host = await TestHost.StartAsync(options => options.MeterFactory = measurements.Factory);
        host.Service.OnUnary = (request, _) => request.Count == 0
            ? Task.FromResult(new EchoResponse())
            : throw new RpcException(new Status((StatusCode)request.Count, "detail"));

        await host.Client.UnaryAsync(new EchoRequest());
        await Assert.ThrowsAsync<RpcException>(async () => await host.Client.UnaryAsync(new EchoRequest { Count = (int)StatusCode.NotFound }));
        await Assert.ThrowsAsync<RpcException>(async () => await host.Client.UnaryAsync(new EchoRequest { Count = (int)StatusCode.DataLoss }));
        using RawClient raw = new(host.Address);
        using HttpResponseMessage unknown = await raw.PostAsync("/any.Name/AtAll", []);

        const string Duration = "rpc.server.call.duration rpc.system.name=grpc";
        await Eventually.TrueAsync(() => measurements.All.Count(one => one.StartsWith(Duration, StringComparison.Ordinal)) == 4, "all are measured");
        Assert.Equal(
            [
                $"{Duration} rpc.method=_OTHER rpc.response.status_code=UNIMPLEMENTED error.type=UNIMPLEMENTED",
                $"{Duration} rpc.method={Unary} rpc.response.status_code=DATA_LOSS error.type=DATA_LOSS",
                $"{Duration} rpc.method={Unary} rpc.response.status_code=NOT_FOUND",
                $"{Duration} rpc.method={Unary} rpc.response.status_code=OK",
            ],
            measurements.All.Where(one => one.StartsWith(Duration, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(6, measurements.All.Count(one => one == $"rpc.server.active_calls rpc.method={Unary}"));
        Assert.Equal("s", measurements.Units["rpc.server.call.duration"]);
    }

    /// <summary>The server spans of one trace; other tests run beside it.</summary>
    private sealed class Spans : IDisposable
    {
        public const string Parent = "00f067aa0ba902b7";

        private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
        private readonly ConcurrentQueue<Activity> _ended = new();
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Cagent.Grpc",
                Sample = (ref ActivityCreationOptions<ActivityContext> creation) =>
                    creation.TraceId == _trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
                ActivityStopped = activity =>
                {
                    if (activity.TraceId == _trace && activity.Kind == ActivityKind.Server)
                    {
                        _ended.Enqueue(activity);
                    }
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public Metadata Headers => new() { { "traceparent", $"00-{_trace.ToHexString()}-{Parent}-01" }, { "tracestate", "k=v" } };

        public async Task<Activity> SingleAsync()
        {
            await Eventually.TrueAsync(() => !_ended.IsEmpty, "the span ended");
            return Assert.Single(_ended);
        }

        public void Dispose() => _listener.Dispose();
    }

    /// <summary>What one server measured, as <c>instrument tag=value …</c>.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        private readonly MeterListener _listener = new();

        public Measurements()
        {
            Factory = _services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == Factory)
                {
                    Units[instrument.Name] = instrument.Unit;
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => All.Enqueue(Text(instrument, tags)));
            _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => All.Enqueue(Text(instrument, tags)));
            _listener.Start();
        }

        public IMeterFactory Factory { get; }

        public ConcurrentQueue<string> All { get; } = new();

        public ConcurrentDictionary<string, string?> Units { get; } = new();

        public void Dispose()
        {
            _listener.Dispose();
            _services.Dispose();
        }

        private static string Text(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            string.Join(' ', [instrument.Name, .. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")]);
    }
}
