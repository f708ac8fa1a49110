// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using Cagent.Grpc.Client.Diagnostics;
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Client.Calls;

/// <summary>The request headers of one call, checked once and written for each attempt. Immutable.</summary>
internal sealed class CallRequest
{
    public const string PreviousAttempts = "grpc-previous-rpc-attempts";

    private const string EncodingRequest = "grpc-internal-encoding-request";
    private const string UserAgent = "user-agent";

    private readonly Uri _uri;
    private readonly string? _host;
    private readonly string _userAgent;
    private readonly List<(string Name, string Value)> _metadata = [];

    /// <summary>Checks the headers of a call.</summary>
    /// <exception cref="ArgumentException">A key is reserved, a value cannot be sent, or an unknown compression is asked for.</exception>
    public CallRequest(HttpChannel channel, string path, string? host, Metadata? metadata)
    {
        _uri = new Uri(channel.BaseAddress, path);
        _host = host;
        _userAgent = channel.UserAgent;
        IsCompressing = channel.Options.CompressRequests;
        foreach (Metadata.Entry entry in metadata ?? Metadata.Empty)
        {
            if (entry.Key == EncodingRequest)
            {
                IsCompressing = ParseEncoding(entry.Value);
            }
            else if (entry.Key == UserAgent)
            {
                _userAgent = MetadataCodec.EncodeValue(entry);
            }
            else
            {
                _metadata.Add((entry.Key, MetadataCodec.EncodeValue(entry)));
            }
        }
    }

    /// <summary>Whether request messages are gzip-compressed, unless one is written otherwise.</summary>
    public bool IsCompressing { get; }

    public HttpRequestMessage Create(HttpContent content, TimeSpan? timeout, int previousAttempts, ClientSpan? span)
    {
        HttpRequestMessage request = new(HttpMethod.Post, _uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.Host = _host;
        Add(request, "te", "trailers");
        Add(request, UserAgent, _userAgent);
        Add(request, "grpc-accept-encoding", "identity,gzip");
        if (IsCompressing)
        {
            Add(request, "grpc-encoding", GzipCodec.Name);
        }

        if (timeout is { } left)
        {
            Add(request, "grpc-timeout", GrpcTimeout.Format(left));
        }

        if (previousAttempts > 0)
        {
            Add(request, PreviousAttempts, previousAttempts.ToString(CultureInfo.InvariantCulture));
        }

        foreach ((string name, string value) in _metadata)
        {
            Add(request, name, value);
        }

        span?.Inject((name, value) =>
        {
            // What the caller set by hand is meant.
            if (!request.Headers.NonValidated.Contains(name))
            {
                Add(request, name, value);
            }
        });
        return request;
    }

    private static void Add(HttpRequestMessage request, string name, string value) => request.Headers.TryAddWithoutValidation(name, value);

    private static bool ParseEncoding(string name) => name switch
    {
        GzipCodec.Name => true,
        "identity" => false,
        _ => throw new ArgumentException($"The compression \"{name}\" is not known: {EncodingRequest} takes gzip or identity."),
    };
}
