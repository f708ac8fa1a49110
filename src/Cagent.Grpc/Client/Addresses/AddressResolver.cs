// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Grpc.Core;

namespace Cagent.Grpc.Client.Addresses;

/// <summary>Finds the addresses of a channel's servers and tells when they change. One resolver serves one channel, which disposes it.</summary>
public abstract class AddressResolver : IDisposable
{
    private IAddressListener? _listener;

    /// <summary>Starts the search; called once, when the channel first needs a connection. It must not block.</summary>
    /// <remarks>Results are reported with <see cref="Report"/> and <see cref="ReportFailure"/>, as often as they change.</remarks>
    protected abstract void Start();

    /// <summary>
    /// A hint that the addresses may be out of date: a connection was lost or could not be made.
    /// It may come often; a resolver that asks a remote party limits how often it does.
    /// </summary>
    public virtual void Refresh()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    internal void Start(IAddressListener listener)
    {
        if (Interlocked.CompareExchange(ref _listener, listener, null) is not null)
        {
            throw new InvalidOperationException("A resolver serves one channel, and this one has one already.");
        }

        Start();
    }

    /// <summary>Frees what the resolver holds.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Replaces the channel's addresses. Thread-safe; without effect before <see cref="Start()"/>.</summary>
    /// <param name="addresses">All addresses, the preferred first; each an IP address, a host name or a Unix socket. None is a failure of every call.</param>
    protected void Report(IEnumerable<EndPoint> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        _listener?.OnAddresses([.. addresses.Distinct()]);
    }

    /// <summary>Tells that the addresses could not be found. Addresses that were reported before stay in use.</summary>
    /// <param name="status">What calls fail with as long as there are none.</param>
    protected void ReportFailure(Status status) => _listener?.OnFailure(status);
}
