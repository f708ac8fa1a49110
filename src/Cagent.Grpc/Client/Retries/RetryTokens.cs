// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Client.Retries;

/// <summary>The tokens of one channel's retries (gRFC A6, "Throttling Retry Attempts"). Thread-safe.</summary>
internal sealed class RetryTokens(RetryThrottling throttling)
{
    private readonly Lock _lock = new();
    private double _tokens = throttling.MaxTokens;

    public void Succeeded()
    {
        lock (_lock)
        {
            _tokens = Math.Min(_tokens + throttling.TokenRatio, throttling.MaxTokens);
        }
    }

    /// <summary>Takes a token; true while a retry is allowed.</summary>
    public bool Failed()
    {
        lock (_lock)
        {
            _tokens = Math.Max(_tokens - 1, 0);
            return _tokens > throttling.MaxTokens / 2;
        }
    }
}
