// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using Cagent.Grpc.Http2.Hpack;

namespace Cagent.Grpc.Http2.Streams;

/// <summary>
/// The header block of a request, or the trailers behind its body, checked field by field (RFC 9113, sections 8.2 and 8.3). A field that is wrong in itself
/// ends the connection, as no client sends it by mistake; what is missing makes the request malformed.
/// </summary>
internal sealed class RequestHead(bool isTrailers) : IHeaderSink
{
    // RFC 9110, section 5.6.2, without the upper-case letters that HTTP/2 forbids.
    private static readonly SearchValues<char> s_nameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> s_methodCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    // RFC 3986, section 3.2, without user information.
    private static readonly SearchValues<char> s_authorityCharacters = SearchValues.Create("-._~%!$&'()*+,;=:[]0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    private static readonly SearchValues<char> s_noValueCharacters = SearchValues.Create("\0\r\n");

    // What gRPC's clients send beside the pseudo-headers, and some metadata.
    private const int UsualFields = 8;

    private bool _hasRegular;
    private int _count;
    private int _size;

    public string? Method { get; private set; }

    public string? Scheme { get; private set; }

    public string? Path { get; private set; }

    public string? Authority { get; private set; }

    /// <summary>The announced length of the body; null for none.</summary>
    public long? ContentLength { get; private set; }

    public HeaderList Headers { get; } = new(UsualFields);

    /// <summary>Whether the block says what a request must say (section 8.3.1), in characters that it may have. CONNECT is not offered.</summary>
    public bool IsComplete =>
        Method is not null && !Method.AsSpan().ContainsAnyExcept(s_methodCharacters)
        && Scheme is { Length: > 0 }
        && Path is { Length: > 0 } && !Path.AsSpan().ContainsAnyExceptInRange('!', '~') && (Path[0] == '/' || (Path == "*" && Method == "OPTIONS"))
        && Headers["host"] is { Count: <= 1 } host && !host.ToString().AsSpan().ContainsAnyExcept(s_authorityCharacters);

    /// <summary>The block has ended: what the client says of the authority stands in <c>host</c>, whose own value it replaces (section 8.3.1).</summary>
    public void End()
    {
        if (Authority is { Length: > 0 })
        {
            Headers["host"] = Authority;
        }
    }

    public void Add(HeaderField field)
    {
        _size += field.Size;
        if (_size > Http2Limits.HeaderListSize || ++_count > Http2Limits.HeaderFields)
        {
            throw Wrong("a header list larger than allowed");
        }

        if (field.Value.AsSpan().ContainsAny(s_noValueCharacters))
        {
            throw Wrong("a header value with a control character");
        }

        if (field.Name.StartsWith(':'))
        {
            AddPseudo(field);
        }
        else
        {
            AddRegular(field);
        }
    }

    private void AddPseudo(HeaderField field)
    {
        if (isTrailers || _hasRegular)
        {
            throw Wrong("a pseudo-header in the wrong place");
        }

        switch (field.Name)
        {
            case ":method" when Method is null && field.Value.Length > 0:
                Method = field.Value;
                break;
            case ":scheme" when Scheme is null:
                Scheme = field.Value;
                break;
            case ":path" when Path is null:
                Path = field.Value;
                break;
            case ":authority" when Authority is null:
                Authority = field.Value;
                break;
            default:
                throw Wrong("an unknown or repeated pseudo-header");
        }
    }

    private void AddRegular(HeaderField field)
    {
        _hasRegular = true;
        if (field.Name.Length == 0 || field.Name.AsSpan().ContainsAnyExcept(s_nameCharacters))
        {
            throw Wrong("a header name with a wrong character");
        }

        switch (field.Name)
        {
            // Section 8.2.2: these belong to HTTP/1.1.
            case "connection" or "keep-alive" or "proxy-connection" or "transfer-encoding" or "upgrade":
            case "te" when field.Value != "trailers":
                throw Wrong("a connection-specific header");
            case "content-length" when !isTrailers:
                ContentLength = ContentLength is null && long.TryParse(field.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long length)
                    ? length
                    : throw Wrong("a wrong content-length");
                break;
        }

        if (!isTrailers)
        {
            Headers.Append(field.Name, field.Value);
        }
    }

    private static Http2ConnectionException Wrong(string what) => new(Http2ErrorCode.ProtocolError, $"A request has {what}.");
}
