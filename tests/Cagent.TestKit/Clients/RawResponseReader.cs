// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Cagent.TestKit.Clients;

/// <summary>Reads HTTP/1.1 responses one after the other. Heads up to 64 KiB, bodies up to 16 MiB; more is an <see cref="InvalidDataException"/>.</summary>
internal sealed class RawResponseReader(PipeReader input)
{
    private const int MaxLine = 64 * 1024;
    private const int MaxFields = 1000;
    private const int MaxBody = 16 * 1024 * 1024;

    /// <summary>The next response; <see cref="EndOfStreamException"/> when the peer closes before its end.</summary>
    public async Task<RawResponse> ReadAsync(string requestMethod, CancellationToken cancellationToken)
    {
        string statusLine = await ReadLineAsync(cancellationToken);
        string[] parts = statusLine.Split(' ', 3);
        if (parts.Length < 2 || !statusLine.StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            throw new InvalidDataException($"Not a status line: {statusLine}");
        }

        ImmutableArray<KeyValuePair<string, string>> fields = await ReadFieldsAsync(cancellationToken);
        RawResponse head = new(statusLine, status, fields, ReadOnlyMemory<byte>.Empty);
        bool hasNoBody = status is < 200 or 204 or 304 || requestMethod == "HEAD" || (requestMethod == "CONNECT" && status is >= 200 and < 300);
        return hasNoBody ? head : head with { Body = await ReadBodyAsync(head, cancellationToken) };
    }

    private async Task<byte[]> ReadBodyAsync(RawResponse head, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> body = new();
        if (head.Header("transfer-encoding") is { } coding)
        {
            if (!coding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidDataException($"Unknown transfer coding {coding}");
            }

            await ReadChunksAsync(body, cancellationToken);
        }
        else if (head.Header("content-length") is { } length)
        {
            await ReadExactlyAsync(body, int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture), cancellationToken);
        }
        else
        {
            await ReadToEndAsync(body, cancellationToken);
        }

        return body.WrittenSpan.ToArray();
    }

    public async Task ReadToEndAsync(ArrayBufferWriter<byte> body, CancellationToken cancellationToken)
    {
        ReadResult result;
        do
        {
            result = await input.ReadAsync(cancellationToken);
            CheckLength(body.WrittenCount + result.Buffer.Length);
            Append(body, result.Buffer);
            input.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);
    }

    private async Task ReadChunksAsync(ArrayBufferWriter<byte> body, CancellationToken cancellationToken)
    {
        while (true)
        {
            string size = (await ReadLineAsync(cancellationToken)).Split(';')[0].Trim();
            int length = int.Parse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (length == 0)
            {
                await ReadFieldsAsync(cancellationToken);
                return;
            }

            await ReadExactlyAsync(body, length, cancellationToken);
            await ReadLineAsync(cancellationToken);
        }
    }

    private async Task ReadExactlyAsync(ArrayBufferWriter<byte> body, int length, CancellationToken cancellationToken)
    {
        CheckLength((long)body.WrittenCount + length);
        for (long missing = length; missing > 0;)
        {
            ReadResult result = await input.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> part = result.Buffer.Slice(0, Math.Min(missing, result.Buffer.Length));
            missing -= part.Length;
            Append(body, part);
            input.AdvanceTo(part.End);
            if (missing > 0 && result.IsCompleted)
            {
                throw new EndOfStreamException($"The peer closed {missing} bytes before the end of the body.");
            }
        }
    }

    private async Task<ImmutableArray<KeyValuePair<string, string>>> ReadFieldsAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<KeyValuePair<string, string>>.Builder fields = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        string line;
        while ((line = await ReadLineAsync(cancellationToken)).Length > 0)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || fields.Count == MaxFields)
            {
                throw new InvalidDataException($"Bad header field: {line}");
            }

            fields.Add(new(line[..colon], line[(colon + 1)..].Trim()));
        }

        return fields.ToImmutable();
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync(cancellationToken);
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                string line = Encoding.Latin1.GetString(result.Buffer.Slice(0, end)).TrimEnd('\r');
                input.AdvanceTo(result.Buffer.GetPosition(1, end));
                return line;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted)
            {
                throw new EndOfStreamException("The peer closed before the end of the response.");
            }

            CheckLine(result.Buffer.Length);
        }
    }

    private static void Append(ArrayBufferWriter<byte> body, ReadOnlySequence<byte> bytes)
    {
        foreach (ReadOnlyMemory<byte> segment in bytes)
        {
            body.Write(segment.Span);
        }
    }

    private static void CheckLength(long length)
    {
        if (length > MaxBody)
        {
            throw new InvalidDataException($"The body is larger than {MaxBody} bytes.");
        }
    }

    private static void CheckLine(long length)
    {
        if (length > MaxLine)
        {
            throw new InvalidDataException($"A line is longer than {MaxLine} bytes.");
        }
    }
}
