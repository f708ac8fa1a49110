// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Client.Retries;

/// <summary>
/// Stops a channel's retries while most calls fail: each failure takes one token, each success gives back
/// <see cref="TokenRatio"/>, and there are no retries while half of the tokens or fewer are left. Immutable.
/// </summary>
public sealed class RetryThrottling
{
    /// <summary>Makes a setting.</summary>
    /// <param name="maxTokens">The tokens of a healthy channel; above 0, at most 1000.</param>
    /// <param name="tokenRatio">What a success gives back; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public RetryThrottling(double maxTokens, double tokenRatio)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxTokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxTokens, 1000);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokenRatio);
        MaxTokens = maxTokens;
        TokenRatio = tokenRatio;
    }

    /// <summary>The tokens of a healthy channel.</summary>
    public double MaxTokens { get; }

    /// <summary>What a success gives back.</summary>
    public double TokenRatio { get; }
}
