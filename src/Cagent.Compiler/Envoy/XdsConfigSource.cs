// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Envoy;

/// <summary>"From the ADS stream", the only place that resources come from.</summary>
internal static class XdsConfigSource
{
    /// <summary>
    /// Constant bytes for the life of a deployment: a second form of it for the same secret leaves handshakes hanging
    /// (envoy-interception, section 3).
    /// </summary>
    public static ConfigSource Ads() => new() { Ads = new AggregatedConfigSource(), ResourceApiVersion = ApiVersion.V3 };

    /// <summary>The same, with the time a listener waits for its routes.</summary>
    public static ConfigSource Ads(TimeSpan initialFetchTimeout)
    {
        ConfigSource source = Ads();
        source.InitialFetchTimeout = Duration.FromTimeSpan(initialFetchTimeout);
        return source;
    }
}
