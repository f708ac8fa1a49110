// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core;

/// <summary>
/// One call as its handler sees it. The handler may use it until the task it returned completes.
/// </summary>
public abstract class ServerCallContext
{
    private Dictionary<object, object>? _userState;

    /// <summary>The path, such as <c>/grpc.health.v1.Health/Check</c>.</summary>
    public string Method => MethodCore;

    /// <summary>The authority that the client asked for.</summary>
    public string Host => HostCore;

    /// <summary>The client's address as <c>ipv4:…</c>, <c>ipv6:…</c> or <c>unix:…</c>.</summary>
    public string Peer => PeerCore;

    /// <summary>When the call must be over, in UTC; <see cref="DateTime.MaxValue"/> without a deadline.</summary>
    public DateTime Deadline => DeadlineCore;

    /// <summary>The metadata that the client sent.</summary>
    public Metadata RequestHeaders => RequestHeadersCore;

    /// <summary>Cancelled when the client goes away, the deadline passes, or the server must end the call.</summary>
    public CancellationToken CancellationToken => CancellationTokenCore;

    /// <summary>Metadata to send with the status.</summary>
    public Metadata ResponseTrailers => ResponseTrailersCore;

    /// <summary>The outcome when the handler returns normally; OK unless set.</summary>
    public Status Status
    {
        get => StatusCore;
        set => StatusCore = value;
    }

    /// <summary>How the messages that follow are written.</summary>
    public WriteOptions? WriteOptions
    {
        get => WriteOptionsCore;
        set => WriteOptionsCore = value;
    }

    /// <summary>Who the client proved to be.</summary>
    public AuthContext AuthContext => AuthContextCore;

    /// <summary>Room for the layers around a handler to leave values for it.</summary>
    public IDictionary<object, object> UserState => UserStateCore;

    /// <summary>The path.</summary>
    protected abstract string MethodCore { get; }

    /// <summary>The authority.</summary>
    protected abstract string HostCore { get; }

    /// <summary>The client's address.</summary>
    protected abstract string PeerCore { get; }

    /// <summary>The deadline in UTC.</summary>
    protected abstract DateTime DeadlineCore { get; }

    /// <summary>The metadata that the client sent.</summary>
    protected abstract Metadata RequestHeadersCore { get; }

    /// <summary>The call's token.</summary>
    protected abstract CancellationToken CancellationTokenCore { get; }

    /// <summary>Metadata to send with the status.</summary>
    protected abstract Metadata ResponseTrailersCore { get; }

    /// <summary>The outcome.</summary>
    protected abstract Status StatusCore { get; set; }

    /// <summary>How messages are written.</summary>
    protected abstract WriteOptions? WriteOptionsCore { get; set; }

    /// <summary>Who the client proved to be.</summary>
    protected abstract AuthContext AuthContextCore { get; }

    /// <summary>Values left by the layers around a handler.</summary>
    protected virtual IDictionary<object, object> UserStateCore => _userState ??= [];

    /// <summary>Sends response headers before the first message. At most once, and not after a message.</summary>
    /// <param name="responseHeaders">Metadata; reserved names are refused.</param>
    /// <returns>Completes when the headers are handed to the connection.</returns>
    /// <exception cref="InvalidOperationException">The headers were sent already.</exception>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders) => WriteResponseHeadersAsyncCore(responseHeaders);

    /// <summary>Sends response headers.</summary>
    /// <param name="responseHeaders">Metadata.</param>
    /// <returns>Completes when the headers are handed to the connection.</returns>
    protected abstract Task WriteResponseHeadersAsyncCore(Metadata responseHeaders);
}
