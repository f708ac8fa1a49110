// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Faults;

/// <summary>
/// One call of any kind that its client or its handler ends at any moment, or nobody before its time. Its course hangs on the seed,
/// but for the scheduler's part.
/// </summary>
internal sealed class RandomCall(EchoService.EchoServiceClient client, Ledger ledger, int seed)
{
    // Above it a call ends by itself first.
    private const int MostSteps = 6;

    private readonly Random _random = new(seed);

    // The client's end comes with this step; 0: from outside, at any moment.
    private readonly int _lastStep = new Random(seed / 2).Next(MostSteps);
    private readonly int _requests = new Random(seed / 3).Next(5);
    private int _steps;
    private Action _end = () => { };
    private Task _ending = Task.CompletedTask;

    /// <summary>Runs the call to its end.</summary>
    /// <returns>How it ended for its caller.</returns>
    public async Task<StatusCode> RunAsync()
    {
        using CancellationTokenSource cancellation = new();
        _end = cancellation.Cancel;
        DateTime? deadline = _random.Next(4) == 0 ? TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(_random.Next(-2, 20)) : null;
        Metadata headers = new()
        {
            { RandomService.SeedHeader, _random.Next().ToString(CultureInfo.InvariantCulture) },
            { RandomService.RequestsHeader, _requests.ToString(CultureInfo.InvariantCulture) },
        };
        if (deadline is not null || _lastStep == 0)
        {
            headers.Add(RandomService.MayWaitHeader, "");
        }

        // The call holds its headers, so what holds the call holds them.
        ledger.Track(headers);
        if (_random.Next(20) == 0)
        {
            await cancellation.CancelAsync();
        }

        try
        {
            await CallAsync(new CallOptions(headers, deadline, cancellation.Token)).WaitAsync(TestHost.Patience);
            return StatusCode.OK;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded or RandomService.Failure or StatusCode.Internal)
        {
            return e.StatusCode;
        }
        finally
        {
            await _ending;
        }
    }

    private Task CallAsync(CallOptions options) => _random.Next(4) switch
    {
        0 => UnaryAsync(options),
        1 => ServerStreamAsync(options),
        2 => ClientStreamAsync(options),
        _ => BidiAsync(options),
    };

    private async Task UnaryAsync(CallOptions options)
    {
        using AsyncUnaryCall<EchoResponse> call = client.UnaryAsync(new EchoRequest { Payload = RandomService.Payload(_random) }, options);
        await BeginAsync(call.Dispose);
        await call.ResponseAsync;
    }

    private async Task ServerStreamAsync(CallOptions options)
    {
        using AsyncServerStreamingCall<EchoResponse> call = client.ServerStream(new EchoRequest { Payload = RandomService.Payload(_random) }, options);
        await BeginAsync(call.Dispose);
        await ReadAsync(_random, call.ResponseStream, options.CancellationToken);
    }

    private async Task ClientStreamAsync(CallOptions options)
    {
        using AsyncClientStreamingCall<EchoRequest, EchoResponse> call = client.ClientStream(options);
        await BeginAsync(call.Dispose);
        await WriteAsync(_random, call.RequestStream, options.CancellationToken);
        await call.ResponseAsync;
    }

    private async Task BidiAsync(CallOptions options)
    {
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = client.Bidi(options);
        await BeginAsync(call.Dispose);
        Task writing = WriteAsync(new Random(_random.Next()), call.RequestStream, options.CancellationToken);
        await Task.WhenAll(writing, ReadAsync(_random, call.ResponseStream, options.CancellationToken));
    }

    private async Task WriteAsync(Random random, IClientStreamWriter<EchoRequest> requests, CancellationToken cancellationToken)
    {
        try
        {
            for (int i = 0; i < _requests; i++)
            {
                await requests.WriteAsync(new EchoRequest { Payload = RandomService.Payload(random) }, random.Next(3) == 0 ? cancellationToken : CancellationToken.None);
                await StepAsync(random);
            }

            await requests.CompleteAsync();
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.OK or StatusCode.Unknown)
        {
            // The server ended the call before it had read everything: in good order, or as the reader will tell.
        }

        await StepAsync(random);
    }

    private async Task ReadAsync(Random random, IAsyncStreamReader<EchoResponse> responses, CancellationToken cancellationToken)
    {
        while (await responses.MoveNext(random.Next(3) == 0 ? cancellationToken : CancellationToken.None))
        {
            await StepAsync(random);
        }

        await StepAsync(random);
    }

    private Task BeginAsync(Action dispose)
    {
        _end = _random.Next(2) == 0 ? dispose : _end;
        if (_lastStep == 0)
        {
            _ending = EndAsync(new Random(_random.Next()));
        }

        return StepAsync(_random);
    }

    private async Task EndAsync(Random random)
    {
        await RandomService.PauseAsync(random);
        await RandomService.PauseAsync(random);
        _end();
    }

    private async Task StepAsync(Random random)
    {
        await RandomService.PauseAsync(random);
        if (Interlocked.Increment(ref _steps) == _lastStep)
        {
            _end();
        }
    }
}
