// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.LoadClient;
using Envoy.Config.Core.V3;
using Envoy.Service.Auth.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Grpc.Load.Checks;

/// <summary>
/// What Envoy 1.40 asks about <c>GET /v1/models</c> inside an inspected tunnel, field by field and header by header as it came from one
/// under Cagent's own configuration. The tunnel, its target and the request's id are new in each question, as they nearly are in life.
/// </summary>
internal sealed class CheckQuestion
{
    private const string Path = "/v1/models";

    public CheckQuestion(int entry)
    {
        string host = CheckPolicy.HostOf(entry);
        Message = Request(host, entry).ToByteArray();
        Frame = GrpcFrame.Of(Message);
        Changing = [("x-cagent-tunnel", IdOf(entry, 0x4200)), ("x-cagent-connect", host + ":443"), ("x-cagent-request", IdOf(entry, 0x4604))];
        Literals = [.. Changing.SelectMany(header => RequestHead.Literal(header.Name, header.Value))];
    }

    /// <summary>Headers of every question: the deadline, the agent as the outer hop identified it, and what Envoy adds to any request.</summary>
    public static (string Name, string Value)[] Constant { get; } =
    [
        ("grpc-timeout", "1000m"), ("x-cagent-agent", "anonymous"),
        ("x-envoy-internal", "true"), ("x-forwarded-for", "192.0.2.2"), ("x-envoy-expected-rq-timeout-ms", "1000"),
    ];

    public byte[] Message { get; }

    /// <summary><see cref="Message"/> with its prefix.</summary>
    public byte[] Frame { get; }

    public (string Name, string Value)[] Changing { get; }

    /// <summary><see cref="Changing"/> as it stands in a header block.</summary>
    public byte[] Literals { get; }

    private static string IdOf(int entry, short kind) => new Guid(entry, kind, 0x4f3c, 0x8e, 0x5b, 0x2f, 0x1a, 0x7c, 0x11, 0x9d, 0x8e).ToString();

    private static CheckRequest Request(string host, int entry) => new()
    {
        Attributes = new AttributeContext
        {
            Source = new AttributeContext.Types.Peer { Address = Internal("internal_client_address") },
            Destination = new AttributeContext.Types.Peer { Address = Internal("bump"), Principal = host },
            Request = new AttributeContext.Types.Request
            {
                Time = new Timestamp { Seconds = 1_795_435_960, Nanos = 504_361_000 },
                Http = new AttributeContext.Types.HttpRequest
                {
                    Id = string.Create(CultureInfo.InvariantCulture, $"131885823547{entry:D8}"),
                    Method = "GET",
                    HeaderMap = new HeaderMap
                    {
                        Headers = { Header(":method", "GET"), Header(":path", Path), Header(":scheme", "https"), Header(":authority", host) },
                    },
                    Path = Path,
                    Host = host,
                    Scheme = "https",
                    Protocol = "HTTP/2",
                },
            },
            ContextExtensions = { ["entry"] = host + ":443", ["hop"] = "web" },
            MetadataContext = new Metadata(),
            RouteMetadataContext = new Metadata(),
            TlsSession = new AttributeContext.Types.TLSSession { Sni = host },
        },
    };

    private static HeaderValue Header(string key, string value) => new() { Key = key, RawValue = ByteString.CopyFromUtf8(value) };

    private static Address Internal(string listener) => new() { EnvoyInternalAddress = new EnvoyInternalAddress { ServerListenerName = listener } };
}
