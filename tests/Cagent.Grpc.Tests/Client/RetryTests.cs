// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Client;
using Cagent.Grpc.Client.Retries;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Client;

/// <summary>gRFC A6, against our own server.</summary>
public sealed class RetryTests : IDisposable
{
    private const int RetryingId = 1054;

    private static readonly RetryPolicy s_policy = new(4, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), 2, StatusCode.Unavailable, StatusCode.Aborted);

    private readonly ManualTime _time = new();
    private readonly RecordingLoggerFactory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Unary_FailsTwice_SucceedsAndTellsTheNumberOfAttempts()
    {
        await using TestHost host = await StartAsync();
        List<string?> previous = Fail(host, times: 2, StatusCode.Unavailable);
        using AsyncUnaryCall<EchoResponse> call = host.Client.UnaryAsync(new EchoRequest { Text = "kept" });

        await RetryAsync(1, TimeSpan.FromSeconds(1));
        await RetryAsync(2, TimeSpan.FromSeconds(2));

        Assert.Equal("kept", (await call.ResponseAsync.WaitAsync(TestHost.Patience)).Text);
        Assert.Equal([null, "1", "2"], previous);
        Assert.Equal("2", (await call.ResponseHeadersAsync).GetValue("grpc-previous-rpc-attempts"));
    }

    [Fact]
    public async Task Unary_FailsAlways_EndsAfterMaxAttemptsWithWaitsUpToTheMaximum()
    {
        await using TestHost host = await StartAsync();
        List<string?> previous = Fail(host, times: int.MaxValue, StatusCode.Unavailable);
        using AsyncUnaryCall<EchoResponse> call = host.Client.UnaryAsync(new EchoRequest());

        int retries = 0;
        foreach (int seconds in new[] { 1, 2, 3 })
        {
            await RetryAsync(++retries, TimeSpan.FromSeconds(seconds));
        }

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(TestHost.Patience));
        Assert.Equal(new Status(StatusCode.Unavailable, "not now"), e.Status);
        Assert.Equal(4, previous.Count);
    }

    [Theory]
    [InlineData(0.0, 800)]
    [InlineData(1.0, 1200)]
    public async Task Unary_Fails_TheWaitVariesByAFifth(double random, int milliseconds)
    {
        await using TestHost host = await StartAsync(options => options.NextRandom = () => random);
        List<string?> previous = Fail(host, times: 1, StatusCode.Unavailable);
        using AsyncUnaryCall<EchoResponse> call = host.Client.UnaryAsync(new EchoRequest());

        await RetryAsync(1, TimeSpan.FromMilliseconds(milliseconds));

        await call.ResponseAsync.WaitAsync(TestHost.Patience);
        Assert.Equal(2, previous.Count);
    }

    [Theory]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.DeadlineExceeded)]
    public async Task Unary_FailsWithAnotherCode_IsNotRetried(StatusCode code)
    {
        await using TestHost host = await StartAsync();
        List<string?> previous = Fail(host, times: int.MaxValue, code);

        await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience));

        Assert.Single(previous);
    }

    [Fact]
    public async Task Unary_MethodWithoutPolicy_IsNotRetried()
    {
        await using TestHost host = await StartAsync(options => options.RetryPolicy = method => method.Name == "Bidi" ? s_policy : null);
        List<string?> previous = Fail(host, times: int.MaxValue, StatusCode.Unavailable);

        await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience));

        Assert.Single(previous);
    }

    [Fact]
    public async Task Pushback_WithATime_ReplacesTheWaitAndBeginsTheBackoffAgain()
    {
        await using TestHost host = await StartAsync();
        List<string?> previous = Fail(host, times: 3, StatusCode.Unavailable, attempt => attempt == 2 ? "7000" : null);
        using AsyncUnaryCall<EchoResponse> call = host.Client.UnaryAsync(new EchoRequest());

        await RetryAsync(1, TimeSpan.FromSeconds(1));
        await RetryAsync(2, TimeSpan.FromSeconds(7));
        await RetryAsync(3, TimeSpan.FromSeconds(1));

        await call.ResponseAsync.WaitAsync(TestHost.Patience);
        Assert.Equal(4, previous.Count);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    public async Task Pushback_WithoutATime_ForbidsTheRetry(string value)
    {
        await using TestHost host = await StartAsync();
        List<string?> previous = Fail(host, times: int.MaxValue, StatusCode.Unavailable, _ => value);

        await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience));

        Assert.Single(previous);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_FailsAfterItsResponseBegan_IsNotRetried(bool withMessage)
    {
        await using TestHost host = await StartAsync();
        int attempts = 0;
        host.Service.OnServerStream = async (_, responses, context) =>
        {
            attempts++;
            await context.WriteResponseHeadersAsync([]);
            if (withMessage)
            {
                await responses.WriteAsync(new EchoResponse());
            }

            throw new RpcException(new Status(StatusCode.Unavailable, "too late"));
        };
        using AsyncServerStreamingCall<EchoResponse> call = host.Client.ServerStream(new EchoRequest());

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience))
            {
            }
        });

        Assert.Equal("too late", e.Status.Detail);
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Bidi_FailsAfterThreeRequests_SendsThemAgainAndGoesOn()
    {
        await using TestHost host = await StartAsync();
        int attempts = 0;
        List<string> seen = [];
        host.Service.OnBidi = async (requests, responses, _) =>
        {
            int attempt = ++attempts;
            await foreach (EchoRequest request in requests.ReadAllAsync())
            {
                seen.Add($"{attempt}:{request.Text}");
                if (attempt == 1 && request.Text == "c")
                {
                    throw new RpcException(new Status(StatusCode.Unavailable, "not now"));
                }

                if (request.Text == "d")
                {
                    await responses.WriteAsync(new EchoResponse { Text = "got d" });
                }
            }
        };
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();
        foreach (string text in new[] { "a", "b", "c" })
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = text }).WaitAsync(TestHost.Patience);
        }

        await RetryAsync(1, TimeSpan.FromSeconds(1));
        await call.RequestStream.WriteAsync(new EchoRequest { Text = "d" }).WaitAsync(TestHost.Patience);
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        await call.RequestStream.WriteAsync(new EchoRequest { Text = "e" }).WaitAsync(TestHost.Patience);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));

        Assert.Equal(["1:a", "1:b", "1:c", "2:a", "2:b", "2:c", "2:d", "2:e"], seen);
        Assert.Equal(0, host.Channel.RetryBudget.Taken);
    }

    [Fact]
    public async Task ClientStream_WriteWhileTheRetryWaits_CompletesWithTheNextAttempt()
    {
        await using TestHost host = await StartAsync();
        int attempts = 0;
        host.Service.OnClientStream = async (requests, _) =>
        {
            if (++attempts == 1)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "not now"));
            }

            int sum = 0;
            await foreach (EchoRequest request in requests.ReadAllAsync())
            {
                sum += request.Count;
            }

            return new EchoResponse { Count = sum };
        };
        using AsyncClientStreamingCall<EchoRequest, EchoResponse> call = host.Client.ClientStream();
        await RetriesAsync(1);

        // The first attempt's stream is gone; writes wait for the second's.
        Task write = call.RequestStream.WriteAsync(new EchoRequest { Count = 1 });
        _time.Advance(TimeSpan.FromSeconds(1));
        await write.WaitAsync(TestHost.Patience);
        await call.RequestStream.WriteAsync(new EchoRequest { Count = 2 }).WaitAsync(TestHost.Patience);
        await call.RequestStream.CompleteAsync();

        Assert.Equal(3, (await call.ResponseAsync.WaitAsync(TestHost.Patience)).Count);
    }

    [Fact]
    public async Task Bidi_MoreThanTheBuffer_IsNotRetried()
    {
        await using TestHost host = await StartAsync(options => options.MaxRetryBufferPerCall = 1000);
        int attempts = 0;
        host.Service.OnBidi = async (requests, _, _) =>
        {
            attempts++;
            await requests.MoveNext();
            await requests.MoveNext();
            throw new RpcException(new Status(StatusCode.Unavailable, "not now"));
        };
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();
        await call.RequestStream.WriteAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[600]) }).WaitAsync(TestHost.Patience);
        Assert.NotEqual(0, host.Channel.RetryBudget.Taken);
        await call.RequestStream.WriteAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[600]) }).WaitAsync(TestHost.Patience);

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));

        Assert.Equal("not now", e.Status.Detail);
        Assert.Equal(1, attempts);
        Assert.Equal(0, host.Channel.RetryBudget.Taken);
    }

    [Fact]
    public async Task Unary_TheChannelsBufferIsFull_IsNotRetried()
    {
        await using TestHost host = await StartAsync(options => options.MaxRetryBuffer = 100);
        List<string?> previous = Fail(host, times: int.MaxValue, StatusCode.Unavailable);

        await Assert.ThrowsAsync<RpcException>(() => host.Client
            .UnaryAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[101]) }).ResponseAsync.WaitAsync(TestHost.Patience));

        Assert.Single(previous);
        Assert.Equal(0, host.Channel.RetryBudget.Taken);
    }

    [Fact]
    public async Task Throttle_HalfOfTheTokensGone_StopsRetriesUntilCallsSucceed()
    {
        await using TestHost host = await StartAsync(options =>
        {
            options.RetryThrottling = new RetryThrottling(4, 1);
            options.RetryPolicy = _ => new RetryPolicy(3, TimeSpan.FromTicks(1), TimeSpan.FromTicks(1), 1, StatusCode.Unavailable);
        });
        bool fails = true;
        int attempts = 0;
        host.Service.OnUnary = (_, _) =>
        {
            attempts++;
            return fails ? throw new RpcException(new Status(StatusCode.Unavailable, "")) : Task.FromResult(new EchoResponse());
        };

        // 4 tokens: the first failure leaves 3, which allows a retry; its failure leaves 2, which does not.
        Assert.Equal(2, await AttemptsAsync());
        await SucceedAsync(2);
        Assert.Equal(2, await AttemptsAsync());
        Assert.Equal(1, await AttemptsAsync());
        Assert.Equal(1, await AttemptsAsync());
        await SucceedAsync(4);
        Assert.Equal(2, await AttemptsAsync());

        async Task SucceedAsync(int times)
        {
            fails = false;
            for (int i = 0; i < times; i++)
            {
                Assert.Equal(1, await AttemptsAsync());
            }

            fails = true;
        }

        async Task<int> AttemptsAsync()
        {
            int before = attempts;
            Task<EchoResponse> response = host.Client.UnaryAsync(new EchoRequest()).ResponseAsync;
            await Eventually.TrueAsync(
                () =>
                {
                    _time.Advance(TimeSpan.FromMilliseconds(1));
                    return response.IsCompleted;
                },
                "the call is over");
            await Record.ExceptionAsync(() => response);
            return attempts - before;
        }
    }

    [Fact]
    public async Task Throttle_StreamsFailAfterTheirResponseBegan_TakeTokensToo()
    {
        await using TestHost host = await StartAsync(options => options.RetryThrottling = new RetryThrottling(4, 1));
        host.Service.OnServerStream = async (_, _, context) =>
        {
            await context.WriteResponseHeadersAsync([]);
            throw new RpcException(new Status(StatusCode.Unavailable, ""));
        };
        for (int i = 0; i < 2; i++)
        {
            using AsyncServerStreamingCall<EchoResponse> call = host.Client.ServerStream(new EchoRequest());
            await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        }

        List<string?> previous = Fail(host, times: int.MaxValue, StatusCode.Unavailable);
        await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience));

        Assert.Single(previous);
    }

    [Fact]
    public async Task Bidi_ResponseHasBegun_KeepsNoRequestsAnyMore()
    {
        await using TestHost host = await StartAsync();
        TaskCompletionSource answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        DuplexStreamingServerMethod<EchoRequest, EchoResponse> echo = host.Service.OnBidi;
        host.Service.OnBidi = async (requests, responses, context) =>
        {
            await answer.Task;
            await echo(requests, responses, context);
        };
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();
        await call.RequestStream.WriteAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[1000]) }).WaitAsync(TestHost.Patience);
        Assert.InRange(host.Channel.RetryBudget.Taken, 1000, 1020);

        answer.SetResult();
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal(0, host.Channel.RetryBudget.Taken);

        await call.RequestStream.WriteAsync(new EchoRequest { Text = "later" }).WaitAsync(TestHost.Patience);
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal(0, host.Channel.RetryBudget.Taken);
    }

    [Theory]
    [InlineData(false, StatusCode.DeadlineExceeded)]
    [InlineData(true, StatusCode.Cancelled)]
    public async Task Wait_EndedByDeadlineOrCancellation_EndsTheCall(bool cancel, StatusCode expected)
    {
        await using TestHost host = await StartAsync();
        List<string?> previous = Fail(host, times: int.MaxValue, StatusCode.Unavailable);
        using CancellationTokenSource cancellation = new();
        using AsyncUnaryCall<EchoResponse> call = host.Client.UnaryAsync(
            new EchoRequest(), deadline: _time.GetUtcNow().UtcDateTime.AddMilliseconds(900), cancellationToken: cancellation.Token);
        await RetriesAsync(1);

        if (cancel)
        {
            await cancellation.CancelAsync();
        }
        else
        {
            _time.Advance(TimeSpan.FromMilliseconds(900));
        }

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(TestHost.Patience));
        Assert.Equal(expected, e.StatusCode);
        Assert.Single(previous);
    }

    [Fact]
    public async Task Deadline_OfARetriedCall_CountsFromItsBegin()
    {
        await using TestHost host = await StartAsync();
        List<TimeSpan> left = [];
        host.Service.OnUnary = (request, context) =>
        {
            left.Add(context.Deadline - TimeProvider.System.GetUtcNow().UtcDateTime);
            return left.Count == 1 ? throw new RpcException(new Status(StatusCode.Unavailable, "")) : Task.FromResult(new EchoResponse());
        };
        using AsyncUnaryCall<EchoResponse> call = host.Client.UnaryAsync(new EchoRequest(), deadline: _time.GetUtcNow().UtcDateTime.AddHours(1));
        await RetriesAsync(1);

        _time.Advance(TimeSpan.FromMinutes(30));
        await call.ResponseAsync.WaitAsync(TestHost.Patience);

        Assert.Equal(TimeSpan.FromMinutes(60), left[0], new Near());
        Assert.Equal(TimeSpan.FromMinutes(30), left[1], new Near());
    }

    public static TheoryData<int, double, double, double> BadPolicies => new()
    {
        { 1, 1, 1, 1 }, { 2, 0, 1, 1 }, { 2, 1, 0, 1 }, { 2, 1, 1, 0 }, { 2, 1, 100_000, 1 },
    };

    [Theory]
    [MemberData(nameof(BadPolicies))]
    public void Policy_OutOfRange_IsRefused(int attempts, double initial, double maximum, double multiplier) => Assert.ThrowsAny<ArgumentException>(
        () => new RetryPolicy(attempts, TimeSpan.FromSeconds(initial), TimeSpan.FromSeconds(maximum), multiplier, StatusCode.Unavailable));

    [Fact]
    public void Policy_WithoutCodesOrWithOk_IsRefused()
    {
        TimeSpan second = TimeSpan.FromSeconds(1);
        Assert.ThrowsAny<ArgumentException>(() => new RetryPolicy(2, second, second, 1));
        Assert.ThrowsAny<ArgumentException>(() => new RetryPolicy(2, second, second, 1, StatusCode.Unavailable, StatusCode.OK));
        Assert.Equal(5, new RetryPolicy(9, second, second, 1, StatusCode.Unavailable).MaxAttempts);
    }

    private static List<string?> Fail(TestHost host, int times, StatusCode code, Func<int, string?>? pushback = null)
    {
        List<string?> previous = [];
        host.Service.OnUnary = (request, context) =>
        {
            previous.Add(context.RequestHeaders.GetValue("grpc-previous-rpc-attempts"));
            if (previous.Count > times)
            {
                return Task.FromResult(new EchoResponse { Text = request.Text });
            }

            Metadata trailers = pushback?.Invoke(previous.Count) is { } value ? new Metadata { { "grpc-retry-pushback-ms", value } } : [];
            throw new RpcException(new Status(code, "not now"), trailers);
        };
        return previous;
    }

    private Task<TestHost> StartAsync(Action<HttpChannelOptions>? configure = null)
    {
        HttpChannelOptions options = new() { TimeProvider = _time, NextRandom = () => 0.5, LoggerFactory = _logs, RetryPolicy = _ => s_policy };
        configure?.Invoke(options);
        return TestHost.StartAsync(client: options);
    }

    private Task RetriesAsync(int count) => Eventually.TrueAsync(() => _logs.Entries.Count(entry => entry.Id == RetryingId) == count, $"{count} retries");

    /// <summary>Waits for the decision to try again, and sees that it happens after the wait and not before.</summary>
    private async Task RetryAsync(int number, TimeSpan wait)
    {
        await RetriesAsync(number);
        Assert.Contains($"in {wait}", _logs.Entries.Last(entry => entry.Id == RetryingId).Text, StringComparison.Ordinal);
        _time.Advance(wait);
    }

    private sealed class Near : IEqualityComparer<TimeSpan>
    {
        public bool Equals(TimeSpan x, TimeSpan y) => (x - y).Duration() < TimeSpan.FromMinutes(1);

        public int GetHashCode(TimeSpan obj) => 0;
    }
}
