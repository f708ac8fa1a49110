// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds;

/// <summary>How a stream speaks: state of the world or delta, all types or one.</summary>
/// <param name="IsDelta">False for state of the world.</param>
/// <param name="IsAggregated">Whether it carries every type (ADS).</param>
public readonly record struct XdsVariant(bool IsDelta, bool IsAggregated)
{
    /// <summary>The usual name in lower case, for status and metric tags: <c>delta_ads</c>, <c>sotw</c> and so on.</summary>
    public string Name => (IsDelta, IsAggregated) switch
    {
        (true, true) => "delta_ads",
        (true, false) => "delta",
        (false, true) => "sotw_ads",
        (false, false) => "sotw",
    };

    /// <inheritdoc/>
    public override string ToString() => Name;
}
