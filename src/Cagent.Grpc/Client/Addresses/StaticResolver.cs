// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;

namespace Cagent.Grpc.Client.Addresses;

/// <summary>Addresses that the program knows, and may change while calls run. Thread-safe.</summary>
public sealed class StaticResolver : AddressResolver
{
    private readonly Lock _lock = new();

    // Guarded by _lock, which also keeps reports in the order of the updates.
    private ImmutableArray<EndPoint> _addresses;
    private bool _isStarted;

    /// <summary>Makes a resolver.</summary>
    /// <param name="addresses">The addresses, the preferred first.</param>
    public StaticResolver(params IEnumerable<EndPoint> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        _addresses = [.. addresses];
    }

    /// <summary>Replaces the addresses. Connections to addresses that stay are kept; calls on those that go run to their end.</summary>
    /// <param name="addresses">All addresses, the preferred first.</param>
    public void Update(params IEnumerable<EndPoint> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        lock (_lock)
        {
            _addresses = [.. addresses];
            if (_isStarted)
            {
                Report(_addresses);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Start()
    {
        lock (_lock)
        {
            _isStarted = true;
            Report(_addresses);
        }
    }
}
