// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;
using Cagent.ExtAuthz.Slots;
using Envoy.Extensions.Common.Ratelimit.V3;
using Envoy.Service.Ratelimit.V3;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Code = Envoy.Service.Ratelimit.V3.RateLimitResponse.Types.Code;
using DescriptorStatus = Envoy.Service.Ratelimit.V3.RateLimitResponse.Types.DescriptorStatus;
using Unit = Envoy.Service.Ratelimit.V3.RateLimitResponse.Types.RateLimit.Types.Unit;

namespace Cagent.ExtAuthz.RateLimits;

/// <summary>
/// The standard rate-limit service for the proxies of this one control plane, in memory; and the ear for what has ended
/// (<see cref="SlotMetadata"/>). What it does not understand is over its limit. Thread safe.
/// </summary>
public sealed class LimitService : RateLimitService.RateLimitServiceBase
{
    private static readonly DescriptorStatus NotUnderstood = new() { Code = Code.OverLimit };

    private readonly TokenBuckets _buckets;
    private readonly AgentSlots _slots;
    private readonly ExtAuthzMetrics _metrics;

    /// <summary>A service whose buckets are full.</summary>
    public LimitService(TokenBuckets buckets, AgentSlots slots, ExtAuthzMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(buckets);
        ArgumentNullException.ThrowIfNull(metrics);
        _buckets = buckets;
        _slots = slots;
        _metrics = metrics;
        metrics.ObserveBuckets(() => buckets.Count);
    }

    /// <inheritdoc/>
    public override Task<RateLimitResponse> ShouldRateLimit(RateLimitRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Task.FromResult(request.Domain == SlotMetadata.Domain ? End(request) : Limit(request));
    }

    private RateLimitResponse End(RateLimitRequest request)
    {
        RateLimitResponse response = new() { OverallCode = Code.Ok };
        foreach (RateLimitDescriptor descriptor in request.Descriptors)
        {
            if (Find(descriptor, SlotMetadata.Slot) is { } id)
            {
                _slots.Ended(id);
            }

            response.Statuses.Add(new DescriptorStatus { Code = Code.Ok });
        }

        return response;
    }

    private RateLimitResponse Limit(RateLimitRequest request)
    {
        RateLimitResponse response = new()
        {
            Statuses = { request.Descriptors.Select(descriptor => request.Domain == RateLimitMetadata.GlobalDomain ? Judge(descriptor, Math.Max(1, request.HitsAddend)) : NotUnderstood) },
        };
        bool isOver = response.Statuses.Count == 0 || response.Statuses.Any(status => status.Code != Code.Ok);
        response.OverallCode = isOver ? Code.OverLimit : Code.Ok;
        _metrics.Limited(isOver ? "over_limit" : "ok");
        return response;
    }

    private DescriptorStatus Judge(RateLimitDescriptor descriptor, long hits)
    {
        if (Find(descriptor, RateLimitMetadata.GlobalClass) is not { } limit || !EntryRateLimit.TryParseClass(limit, out int requests, out int period, out int burst)
            || Find(descriptor, RateLimitMetadata.GlobalAgent) is not { } agent || Find(descriptor, RateLimitMetadata.GlobalEntry) is not { } entry)
        {
            return NotUnderstood;
        }

        BucketReading reading = _buckets.Take(new BucketName(agent, entry, requests, period, burst), hits);
        return new DescriptorStatus
        {
            Code = reading.IsTaken ? Code.Ok : Code.OverLimit,
            // The burst, as the proxy's own limits say it: so much passes at once.
            CurrentLimit = new RateLimitResponse.Types.RateLimit { RequestsPerUnit = (uint)burst, Unit = UnitOf(period) },
            LimitRemaining = (uint)reading.Remaining,
            // Rounded up: who comes back a moment too early is denied again.
            DurationUntilReset = Duration.FromTimeSpan(TimeSpan.FromSeconds(Math.Ceiling(reading.Reset.TotalSeconds))),
        };
    }

    /// <summary>A key that occurs twice says nothing.</summary>
    private static string? Find(RateLimitDescriptor descriptor, string key)
    {
        string? value = null;
        foreach (RateLimitDescriptor.Types.Entry entry in descriptor.Entries)
        {
            if (entry.Key == key)
            {
                if (value is not null)
                {
                    return null;
                }

                value = entry.Value;
            }
        }

        return value;
    }

    private static Unit UnitOf(int seconds) => seconds switch
    {
        1 => Unit.Second,
        60 => Unit.Minute,
        3600 => Unit.Hour,
        86_400 => Unit.Day,
        _ => Unit.Unknown,
    };
}
