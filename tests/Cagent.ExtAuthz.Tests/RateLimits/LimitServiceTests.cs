// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Cagent.Compiler.Limits;
using Cagent.ExtAuthz.RateLimits;
using Cagent.ExtAuthz.Slots;
using Cagent.TestKit.Time;
using Envoy.Extensions.Common.Ratelimit.V3;
using Envoy.Service.Ratelimit.V3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Code = Envoy.Service.Ratelimit.V3.RateLimitResponse.Types.Code;

namespace Cagent.ExtAuthz.Tests.RateLimits;

/// <summary>The rate-limit service in memory: buckets as the proxy's own, and a denial for whatever it does not understand.</summary>
public sealed class LimitServiceTests
{
    private readonly ManualTime _time = new();
    private readonly LimitService _service;

    public LimitServiceTests()
    {
        ExtAuthzMetrics metrics = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
        _service = new LimitService(new TokenBuckets(_time), new AgentSlots(_time, metrics, NullLogger<AgentSlots>.Instance), metrics);
    }

    [Fact]
    public async Task Bucket_HoldsItsBurst_FillsEvenly_AndSaysSo()
    {
        RateLimitResponse first = await AskAsync("60/60s+3");
        Assert.Equal((Code.Ok, 3u, 2u, 1L), (first.OverallCode, first.Statuses[0].CurrentLimit.RequestsPerUnit, first.Statuses[0].LimitRemaining, first.Statuses[0].DurationUntilReset.Seconds));
        Assert.Equal(Code.Ok, (await AskAsync("60/60s+3")).OverallCode);
        Assert.Equal(Code.Ok, (await AskAsync("60/60s+3")).OverallCode);
        RateLimitResponse denied = await AskAsync("60/60s+3");
        Assert.Equal((Code.OverLimit, 0u, 1L), (denied.OverallCode, denied.Statuses[0].LimitRemaining, denied.Statuses[0].DurationUntilReset.Seconds));
        _time.Advance(TimeSpan.FromMilliseconds(990));
        Assert.Equal(Code.OverLimit, (await AskAsync("60/60s+3")).OverallCode);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(Code.Ok, (await AskAsync("60/60s+3")).OverallCode);
        Assert.Equal(Code.OverLimit, (await AskAsync("60/60s+3")).OverallCode);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2u, (await AskAsync("60/60s+3")).Statuses[0].LimitRemaining);
    }

    [Fact]
    public async Task Bucket_IsOfAgentEntryAndLimit()
    {
        Assert.Equal(Code.Ok, (await AskAsync("1/3600s+1")).OverallCode);
        Assert.Equal(Code.OverLimit, (await AskAsync("1/3600s+1")).OverallCode);
        Assert.Equal(Code.Ok, (await AskAsync("1/3600s+1", agent: "other")).OverallCode);
        Assert.Equal(Code.Ok, (await AskAsync("1/3600s+1", entry: "other:443")).OverallCode);
        Assert.Equal(Code.Ok, (await AskAsync("1/60s+1")).OverallCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("none")]
    [InlineData("0/60s+1")]
    [InlineData("-1/60s+1")]
    [InlineData("1/0s+1")]
    [InlineData("1/60s+0")]
    [InlineData("1/60s+")]
    [InlineData("1/60+1")]
    [InlineData("99999999999/60s+1")]
    public async Task Limit_NotUnderstood_IsOver(string limit) => Assert.Equal(Code.OverLimit, (await AskAsync(limit)).OverallCode);

    [Fact]
    public async Task Request_WithoutDescriptorOrOfAnotherDomain_IsOver()
    {
        Assert.Equal(Code.OverLimit, (await _service.ShouldRateLimit(new RateLimitRequest { Domain = RateLimitMetadata.GlobalDomain }, null!)).OverallCode);
        RateLimitRequest other = Request("60/60s+60", "a", "e:443");
        other.Domain = "other";
        Assert.Equal(Code.OverLimit, (await _service.ShouldRateLimit(other, null!)).OverallCode);
        RateLimitRequest doubled = Request("60/60s+60", "a", "e:443");
        doubled.Descriptors[0].Entries.Add(new RateLimitDescriptor.Types.Entry { Key = RateLimitMetadata.GlobalClass, Value = "9/1s+9" });
        Assert.Equal(Code.OverLimit, (await _service.ShouldRateLimit(doubled, null!)).OverallCode);
    }

    [Fact]
    public void Buckets_AtCapacity_DenyNewOnesUntilSomeAreFullAgain()
    {
        TokenBuckets buckets = new(_time);
        for (int i = 0; i < TokenBuckets.Capacity; i++)
        {
            Assert.True(buckets.Take(new BucketName($"a{i}", "e:443", 1, 60, 1), 1).IsTaken);
        }

        Assert.False(buckets.Take(new BucketName("one more", "e:443", 1, 60, 1), 1).IsTaken);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(buckets.Take(new BucketName("one more", "e:443", 1, 60, 1), 1).IsTaken);
        Assert.Equal(1, buckets.Count);
    }

    private Task<RateLimitResponse> AskAsync(string limit, string agent = "a", string entry = "e:443") => _service.ShouldRateLimit(Request(limit, agent, entry), null!);

    private static RateLimitRequest Request(string limit, string agent, string entry) => new()
    {
        Domain = RateLimitMetadata.GlobalDomain,
        Descriptors =
        {
            new RateLimitDescriptor
            {
                Entries =
                {
                    new RateLimitDescriptor.Types.Entry { Key = RateLimitMetadata.GlobalClass, Value = limit },
                    new RateLimitDescriptor.Types.Entry { Key = RateLimitMetadata.GlobalEntry, Value = entry },
                    new RateLimitDescriptor.Types.Entry { Key = RateLimitMetadata.GlobalAgent, Value = agent },
                },
            },
        },
    };
}
