// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Tcp;

/// <summary>
/// An HTTP/1.1 server that reads by the letter of RFC 9112 and repairs nothing: whatever it cannot read becomes a request with a fault,
/// and the connection ends. It keeps the newest 100 000 requests and answers each with 200. Thread safe.
/// </summary>
public sealed class ExactServer : IAsyncDisposable
{
    private const int MaxRequests = 100_000;
    private static readonly byte[] Ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"u8.ToArray();
    private static readonly byte[] OkWithoutBody = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"u8.ToArray();
    private readonly BoundedLog<ExactRequest> _requests = new(MaxRequests);
    private readonly X509Certificate2? _certificate;
    private readonly AcceptLoop _loop;

    private ExactServer(X509Certificate2? certificate, IPAddress address)
    {
        _certificate = certificate;
        _loop = AcceptLoop.Start(new IPEndPoint(address, 0), HostSockets.Instance, ServeAsync);
    }

    /// <summary>The port.</summary>
    public int Port => _loop.EndPoint.Port;

    /// <summary>The requests, oldest first.</summary>
    public IReadOnlyList<ExactRequest> Requests => _requests.Snapshot();

    /// <summary>Starts a server; without a certificate it speaks in clear. The certificate stays the caller's.</summary>
    public static ExactServer Start(X509Certificate2? certificate = null) => new(certificate, IPAddress.Loopback);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        await using NetworkStream network = new(socket);
        if (_certificate is null)
        {
            await ServeAsync(network, null, cancellationToken);
            return;
        }

        string? serverName = null;
        await using SslStream tls = new(network);
        await tls.AuthenticateAsServerAsync(TlsServer.Options(_certificate, name => serverName = name), cancellationToken);
        await ServeAsync(tls, serverName, cancellationToken);
    }

    private async Task ServeAsync(Stream stream, string? serverName, CancellationToken cancellationToken)
    {
        PipeReader input = PipeReader.Create(stream);
        while (await ReadAsync(input, serverName, cancellationToken) is { } request)
        {
            _requests.Add(request);
            if (request.Fault is not null)
            {
                return;
            }

            await stream.WriteAsync(request.Method == "HEAD" ? OkWithoutBody : Ok, cancellationToken);
        }
    }

    private static async Task<ExactRequest?> ReadAsync(PipeReader input, string? serverName, CancellationToken cancellationToken)
    {
        if (await LineAsync(input, cancellationToken) is not { } line)
        {
            return null;
        }

        ImmutableArray<KeyValuePair<string, string>>.Builder fields = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        string? field;
        while ((field = await LineAsync(input, cancellationToken)) is { Length: > 0 })
        {
            int colon = field.IndexOf(':', StringComparison.Ordinal);
            fields.Add(new(colon < 0 ? field : field[..colon], colon < 0 ? "" : field[(colon + 1)..].Trim(' ', '\t')));
        }

        ExactRequest request = new(serverName, line, fields.ToImmutable(), [], null);
        string? fault = field is null ? "a head without an end" : FaultOf(request);
        return fault is not null ? request with { Fault = fault } : await WithBodyAsync(request, input, cancellationToken);
    }

    private static string? FaultOf(ExactRequest request) =>
        request.Line.Split(' ') is not [{ Length: > 0 }, { Length: > 0 }, "HTTP/1.1"] ? "no request line"
        : (request.Line + string.Concat(request.Fields.Select(field => field.Key + field.Value))).Any(character => character is (< ' ' and not '\t') or '\u007f') ? "a control character"
        : request.Fields.Any(field => field.Key.Length == 0 || !field.Key.All(IsToken)) ? "a field without a proper name"
        : request.Values("host").Count() != 1 ? "not one Host"
        : request.Values("content-length").Count() + request.Values("transfer-encoding").Count() > 1 ? "two lengths"
        : request.Values("transfer-encoding").Any(coding => coding != "chunked") ? "another coding than chunked"
        : request.Values("content-length").Any(length => !length.All(char.IsAsciiDigit) || length.Length is 0 or > 9) ? "a length that is no number"
        : null;

    private static bool IsToken(char character) => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal);

    private static async Task<ExactRequest> WithBodyAsync(ExactRequest request, PipeReader input, CancellationToken cancellationToken)
    {
        if (!request.Values("transfer-encoding").Any())
        {
            int length = int.Parse(request.Values("content-length").SingleOrDefault("0"), NumberStyles.None, CultureInfo.InvariantCulture);
            return await BytesAsync(input, length, cancellationToken) is { } body ? request with { Body = body } : request with { Fault = "a body without its end" };
        }

        ImmutableArray<byte>.Builder chunks = ImmutableArray.CreateBuilder<byte>();
        while (true)
        {
            string? size = await LineAsync(input, cancellationToken);
            if (!int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length) || length < 0)
            {
                return request with { Body = chunks.ToImmutable(), Fault = size is null ? "a body without its end" : "a chunk without a proper size" };
            }

            ImmutableArray<byte>? chunk = await BytesAsync(input, length, cancellationToken);
            chunks.AddRange(chunk ?? []);
            if (chunk is null || await LineAsync(input, cancellationToken) is not "")
            {
                return request with { Body = chunks.ToImmutable(), Fault = "a chunk without its end, or trailers" };
            }

            if (length == 0)
            {
                return request with { Body = chunks.ToImmutable() };
            }
        }
    }

    // Null at the end of the input; a line must end in CR LF.
    private static async Task<string?> LineAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync(cancellationToken);
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                string line = Encoding.Latin1.GetString(result.Buffer.Slice(0, end));
                input.AdvanceTo(result.Buffer.GetPosition(1, end));
                // What lacks its CR keeps a control character, which is a fault.
                return line.EndsWith('\r') ? line[..^1] : line + "\n";
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted)
            {
                return null;
            }
        }
    }

    private static async Task<ImmutableArray<byte>?> BytesAsync(PipeReader input, int count, CancellationToken cancellationToken)
    {
        ReadResult result = await input.ReadAtLeastAsync(count, cancellationToken);
        if (result.Buffer.Length < count)
        {
            return null;
        }

        ImmutableArray<byte> bytes = [.. result.Buffer.Slice(0, count).ToArray()];
        input.AdvanceTo(result.Buffer.GetPosition(count));
        return bytes;
    }
}
