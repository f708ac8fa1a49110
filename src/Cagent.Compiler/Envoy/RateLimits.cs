// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;
using Cagent.Compiler.Lowering;
using Envoy.Config.Core.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Common.Ratelimit.V3;
using Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Type.V3;
using Google.Protobuf.WellKnownTypes;
using MetaData = Envoy.Config.Route.V3.RateLimit.Types.Action.Types.MetaData;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// The rate limits of entries: one filter a hop behind ext_authz, whose content comes over xDS. ext_authz names the bucket of each
/// request in its metadata, so that no spelling of a host opens a second one and a denied request takes nothing.
/// </summary>
internal static class RateLimits
{
    /// <summary>What an absent key reads as: without it the descriptor would be dropped, and that means no limit (envoy-reference, trap 3).</summary>
    private const string Absent = "-";

    /// <summary>Buckets of one limit, that is agents times entries in use: an evicted one starts full.</summary>
    private const uint MaxBuckets = 20_000;

    /// <summary>
    /// The place in the listener, constant whatever the limits are. It has no default: the listener waits for the content, and should
    /// that never come, the filter answers every request with an error.
    /// </summary>
    public static HttpFilter Slot(string name) => new()
    {
        Name = name,
        ConfigDiscovery = new ExtensionConfigSource
        {
            ConfigSource = XdsConfigSource.Ads(TimeSpan.FromSeconds(30)),
            TypeUrls = { "type.googleapis.com/" + LocalRateLimit.Descriptor.FullName },
        },
    };

    /// <summary>The content of the slots.</summary>
    public static IEnumerable<TypedExtensionConfig> Of(EgressIr ir)
    {
        EntryIr[] limited = [.. ir.AllEntries.Where(entry => entry.RateLimit is { IsGlobal: false })];
        // What is inspected is counted inside its tunnel.
        yield return Content(EnvoyNames.FwdLimits, limited.Where(entry => entry.Kind != EntryKind.Inspected));
        yield return Content(EnvoyNames.WebLimits, limited.Where(entry => entry.Kind == EntryKind.Inspected));
    }

    private static TypedExtensionConfig Content(string name, IEnumerable<EntryIr> entries) => TypedConfig.Extension(name, new LocalRateLimit
    {
        StatPrefix = name.Replace('@', '_'),
        // For what names no limit that is known here, and no request should: the smallest bucket that there is.
        TokenBucket = Bucket(1, 1, 86_400),
        AlwaysConsumeDefaultTokenBucket = false,
        FilterEnabled = FloodLimit.Always(),
        FilterEnforced = FloodLimit.Always(),
        EnableXRatelimitHeaders = XRateLimitHeadersRFCVersion.DraftVersion03,
        EnableRetryAfterHeader = true,
        MaxDynamicDescriptors = MaxBuckets,
        RateLimits =
        {
            new RateLimit { Actions = { Read(RateLimitMetadata.Agent), Read(RateLimitMetadata.Entry), Read(RateLimitMetadata.Class) } },
            // "No limit" has to be said too, and is nothing that response headers should tell.
            new RateLimit { Actions = { Read(RateLimitMetadata.Class) }, XRatelimitOption = RateLimit.Types.XRateLimitOption.Off },
        },
        Descriptors =
        {
            new LocalRateLimitDescriptor { Entries = { Is(RateLimitMetadata.Class, RateLimitMetadata.NoLimit) }, TokenBucket = Bucket(1_000_000, 1_000_000, 1) },
            entries.Select(entry => entry.RateLimit!).DistinctBy(limit => limit.Class).OrderBy(limit => limit.Class, StringComparer.Ordinal).Select(Descriptor),
        },
    });

    /// <summary>One descriptor a class, and by its wildcards one bucket an agent and entry. With one for each entry, 1,000 of them cost a quarter more CPU a request.</summary>
    private static LocalRateLimitDescriptor Descriptor(EntryRateLimit limit) => new()
    {
        Entries = { Any(RateLimitMetadata.Agent), Any(RateLimitMetadata.Entry), Is(RateLimitMetadata.Class, limit.Class) },
        TokenBucket = Bucket((uint)limit.Burst, (uint)limit.Requests, limit.PeriodSeconds),
    };

    private static RateLimit.Types.Action Read(string key) => new()
    {
        Metadata = new MetaData
        {
            DescriptorKey = key,
            MetadataKey = new() { Key = ExtAuthzFilter.Metadata, Path = { new global::Envoy.Type.Metadata.V3.MetadataKey.Types.PathSegment { Key = key } } },
            Source = MetaData.Types.Source.Dynamic,
            DefaultValue = Absent,
        },
    };

    private static RateLimitDescriptor.Types.Entry Any(string key) => new() { Key = key };

    private static RateLimitDescriptor.Types.Entry Is(string key, string value) => new() { Key = key, Value = value };

    private static TokenBucket Bucket(uint max, uint fill, int seconds) => new()
    {
        MaxTokens = max,
        TokensPerFill = fill,
        FillInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)),
    };
}
