// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cagent.Grpc.Client;
using Cagent.Grpc.Client.Retries;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Client;

public sealed class ObservabilityTests : IDisposable
{
    private const string Method = "cagent.grpc.tests.v1.EchoService/Unary";

    private readonly ConcurrentQueue<(string Name, string Unit, double Value, string Tags)> _measurements = new();
    private readonly MeterListener _meters = new();

    public ObservabilityTests()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Cagent.Grpc" && instrument.Name.StartsWith("rpc.client.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.Start();
    }

    public void Dispose() => _meters.Dispose();

    [Theory]
    [InlineData(StatusCode.OK, "rpc.response.status_code=OK")]
    [InlineData(StatusCode.NotFound, "rpc.response.status_code=NOT_FOUND error.type=NOT_FOUND")]
    public async Task Metrics_OfACall_HaveOpenTelemetrysNamesUnitsAndTags(StatusCode code, string tags)
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnUnary = (_, context) =>
        {
            context.Status = new Status(code, "");
            return Task.FromResult(new EchoResponse());
        };

        await Record.ExceptionAsync(() => host.Client.UnaryAsync(new EchoRequest()).ResponseAsync);

        string address = $"server.address=127.0.0.1:{host.Port}";
        (string Name, string Unit, double Value, string Tags)[] own = [.. _measurements.Where(m => m.Tags.Contains(address, StringComparison.Ordinal))];
        Assert.Equal(["rpc.client.active_calls", "rpc.client.active_calls", "rpc.client.call.duration"], own.Select(m => m.Name));
        Assert.Equal([1, -1], own[..2].Select(m => m.Value));
        Assert.Equal("s", own[2].Unit);
        Assert.InRange(own[2].Value, 0.000001, 20);
        Assert.Equal($"rpc.system.name=grpc rpc.method={Method} {address} {tags}", own[2].Tags);
    }

    [Fact]
    public async Task Metrics_OfARetriedCall_CountTheRetriesAndTheCallOnce()
    {
        RetryPolicy policy = new(3, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1), 1, StatusCode.Unavailable);
        await using TestHost host = await TestHost.StartAsync(client: new HttpChannelOptions { RetryPolicy = _ => policy });
        host.Service.OnUnary = (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, ""));

        await Record.ExceptionAsync(() => host.Client.UnaryAsync(new EchoRequest()).ResponseAsync);

        string address = $"server.address=127.0.0.1:{host.Port}";
        Assert.Equal(2, _measurements.Count(m => m.Name == "rpc.client.retries" && m.Tags.Contains(address, StringComparison.Ordinal)));
        Assert.Single(_measurements, m => m.Name == "rpc.client.call.duration" && m.Tags.Contains(address, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Span_OfACall_IsAChildOfTheCallersAndTravelsToTheServer()
    {
        ConcurrentQueue<Activity> ended = new();
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name is "Cagent.Grpc" or "test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using ActivitySource source = new("test");
        await using TestHost host = await TestHost.StartAsync();
        string? traceParent = null;
        host.Service.OnUnary = (_, context) =>
        {
            traceParent = context.RequestHeaders.GetValue("traceparent");
            throw new RpcException(new Status(StatusCode.NotFound, "nothing"));
        };
        using Activity caller = source.StartActivity("caller")!;

        AsyncUnaryCall<EchoResponse> call = host.Client.UnaryAsync(new EchoRequest());
        Assert.Same(caller, Activity.Current);
        await Record.ExceptionAsync(() => call.ResponseAsync);

        Activity span = Assert.Single(ended, activity => activity.Kind == ActivityKind.Client && activity.ParentSpanId == caller.SpanId);
        Assert.Equal(Method, span.DisplayName);
        Assert.Equal($"00-{caller.TraceId}-{span.SpanId}-01", traceParent);
        Assert.Equal("grpc", span.GetTagItem("rpc.system.name"));
        Assert.Equal(Method, span.GetTagItem("rpc.method"));
        Assert.Equal("NOT_FOUND", span.GetTagItem("rpc.response.status_code"));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
    }

    [Fact]
    public async Task Context_SetByHand_IsNotOverwritten()
    {
        await using TestHost host = await TestHost.StartAsync();
        List<string> seen = [];
        host.Service.OnUnary = (_, context) =>
        {
            seen.AddRange(context.RequestHeaders.GetAll("traceparent").Select(entry => entry.Value));
            return Task.FromResult(new EchoResponse());
        };
        using Activity ambient = new Activity("ambient").Start();
        const string Own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        await host.Client.UnaryAsync(new EchoRequest());
        await host.Client.UnaryAsync(new EchoRequest(), new Metadata { { "traceparent", Own } });

        Assert.Equal(2, seen.Count);
        Assert.Contains(ambient.TraceId.ToString(), seen[0], StringComparison.Ordinal);
        Assert.Equal(Own, seen[1]);
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measurements.Enqueue((instrument.Name, instrument.Unit ?? "", value, string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))));
}
