// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Cagent.Attack.Client;

/// <summary>Reads HTTP/1.1 responses as answers. Heads up to 64 KiB, bodies up to 1 MiB.</summary>
internal static class HttpAnswers
{
    private const int MaxHead = 64 * 1024;
    private const int MaxBody = 1024 * 1024;
    private const int MaxResponses = 16;
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    /// <summary>The next response. A connection that ends, or says something else, is an answer too.</summary>
    public static async Task<Answer> ReadAsync(WireConnection connection, string method, CancellationToken cancellationToken)
    {
        try
        {
            Answer answer;
            do
            {
                answer = await ReadOneAsync(connection, method, cancellationToken).ConfigureAwait(false);
            }
            while (answer is { Kind: AnswerKind.Http, Status: > 101 and < 200 or 100 });
            return answer;
        }
        catch (EndOfStreamException)
        {
            return connection.Pending.IsEmpty ? Answer.Of(AnswerKind.Closed, "closed") : Answer.OfHello(connection.Pending.Span);
        }
        catch (IOException exception)
        {
            return Answer.Of(AnswerKind.Bytes, exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return connection.Pending.IsEmpty ? Answer.Of(AnswerKind.Silence, "no answer within the limit")
                : Answer.Of(AnswerKind.Bytes, "broke off after: " + EvidenceText.Of(connection.Pending.Span));
        }
    }

    /// <summary>All responses until the connection ends: the first, with how many there were and whether one was a success.</summary>
    public static async Task<Answer> ReadToEndAsync(WireConnection connection, string method, CancellationToken cancellationToken)
    {
        Answer first = await ReadAsync(connection, method, cancellationToken).ConfigureAwait(false);
        Answer next = first;
        int count = 1;
        bool hasSuccess = first.HasSuccess;
        string shown = first.Shown;
        while (next.Kind == AnswerKind.Http && count < MaxResponses)
        {
            next = await ReadAsync(connection, method, cancellationToken).ConfigureAwait(false);
            if (next.IsEnded)
            {
                break;
            }

            count++;
            hasSuccess |= next.HasSuccess;
            shown = EvidenceText.Of($"{shown}, then {(next.Kind == AnswerKind.Silence ? "stays open" : next.Shown)}");
        }

        return first with { Responses = count, HasSuccess = hasSuccess, Shown = shown };
    }

    private static async Task<Answer> ReadOneAsync(WireConnection connection, string method, CancellationToken cancellationToken)
    {
        // Whoever speaks TLS waits for us, and would never end a line.
        if (connection.Pending.IsEmpty && await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false) && connection.Pending.Span[0] != (byte)'H')
        {
            return Answer.OfHello(connection.Pending.Span);
        }

        int end = await FindAsync(connection, HeadEnd, MaxHead, cancellationToken).ConfigureAwait(false);
        string[] lines = Encoding.Latin1.GetString(connection.Pending.Span[..end]).Split("\r\n");
        string[] parts = lines[0].Split(' ', 3);
        if (!lines[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || parts.Length < 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            return Answer.OfHello(connection.Pending.Span);
        }

        connection.Take(end + HeadEnd.Length);
        KeyValuePair<string, string>[] headers = [.. lines.Skip(1).Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2).Select(pair => KeyValuePair.Create(pair[0].Trim(), pair[1].Trim()))];
        bool hasNoBody = status is < 200 or 204 or 304 || method == "HEAD" || (method == "CONNECT" && status is >= 200 and < 300);
        ReadOnlyMemory<byte> body = hasNoBody ? default : await ReadBodyAsync(connection, headers, cancellationToken).ConfigureAwait(false);
        return Answer.OfHttp(status, headers, body);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(WireConnection connection, KeyValuePair<string, string>[] headers, CancellationToken cancellationToken)
    {
        string? Header(string name) => headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        if (Header("transfer-encoding") is not null)
        {
            return await ReadChunksAsync(connection, cancellationToken).ConfigureAwait(false);
        }

        if (Header("content-length") is { } text)
        {
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= MaxBody
                ? await connection.TakeAsync(length, cancellationToken).ConfigureAwait(false)
                : throw new IOException("a body of " + EvidenceText.Of(text));
        }

        while (await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false))
        {
        }

        return connection.Take(connection.Pending.Length);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadChunksAsync(WireConnection connection, CancellationToken cancellationToken)
    {
        List<byte> body = [];
        while (true)
        {
            string line = await TakeLineAsync(connection, cancellationToken).ConfigureAwait(false);
            if (!int.TryParse(line.Split(';')[0].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length) || length < 0 || body.Count + length > MaxBody)
            {
                throw new IOException("a chunk of " + EvidenceText.Of(line));
            }

            if (length == 0)
            {
                while ((await TakeLineAsync(connection, cancellationToken).ConfigureAwait(false)).Length > 0)
                {
                }

                return body.ToArray();
            }

            body.AddRange((await connection.TakeAsync(length, cancellationToken).ConfigureAwait(false)).Span);
            await connection.TakeAsync(LineEnd.Length, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<string> TakeLineAsync(WireConnection connection, CancellationToken cancellationToken)
    {
        int end = await FindAsync(connection, LineEnd, MaxHead, cancellationToken).ConfigureAwait(false);
        return Encoding.Latin1.GetString(connection.Take(end + LineEnd.Length).Span[..end]);
    }

    private static async Task<int> FindAsync(WireConnection connection, byte[] mark, int max, CancellationToken cancellationToken)
    {
        int found;
        while ((found = connection.Pending.Span.IndexOf(mark)) < 0)
        {
            if (connection.Pending.Length > max)
            {
                throw new IOException("no end of a line: " + EvidenceText.Of(connection.Pending.Span));
            }

            if (!await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new EndOfStreamException("the connection ended");
            }
        }

        return found;
    }
}
