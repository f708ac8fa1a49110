// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace Cagent.Attack.Client;

/// <summary>What came back for what an attack sent. Immutable.</summary>
internal sealed record Answer(AnswerKind Kind)
{
    private const int MaxShown = 200;
    private const byte TlsAlert = 21;
    private const byte TlsHandshake = 22;

    /// <summary>The status of an HTTP response; 0 otherwise, and over HTTP/2, whose heads are not decoded.</summary>
    public int Status { get; init; }

    /// <summary>The reason in <c>x-cagent-denied</c>, or of a typed body over HTTP/2; null when the proxy did not deny.</summary>
    public string? Denied { get; init; }

    /// <summary>The member <c>error</c> of a JSON body, or null.</summary>
    public string? Error { get; init; }

    /// <summary>Seconds in <c>retry-after</c>, or null.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The body of an HTTP response; empty otherwise.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The first bytes, or what happened, in printable text without secrets.</summary>
    public string Shown { get; init; } = "";

    /// <summary>How many responses came before the connection ended; 1 where only one was read.</summary>
    public int Responses { get; init; } = 1;

    /// <summary>Whether some response had a status below 400.</summary>
    public bool HasSuccess { get; init; }

    /// <summary>The proxy's own word for what it does not take as HTTP.</summary>
    public bool IsRefused => Kind == AnswerKind.Http && Denied is null && Error == "refused" && Status is 0 or >= 400;

    /// <summary>The connection was ended, with an alert or without a word.</summary>
    public bool IsEnded => Kind is AnswerKind.Closed or AnswerKind.Alert;

    /// <summary>Whether an upstream answered, as far as one can tell from here.</summary>
    public bool IsFromUpstream => Kind == AnswerKind.Http && Denied is null && Error is not ("refused" or "upstream_failed" or "denied");

    public static Answer Of(AnswerKind kind, string shown) => new(kind) { Shown = EvidenceText.Of(shown) };

    /// <summary>An HTTP response.</summary>
    public static Answer OfHttp(int status, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body)
    {
        string? denied = headers.FirstOrDefault(header => header.Key.Equals("x-cagent-denied", StringComparison.OrdinalIgnoreCase)).Value;
        string? retry = headers.FirstOrDefault(header => header.Key.Equals("retry-after", StringComparison.OrdinalIgnoreCase)).Value;
        return new Answer(AnswerKind.Http)
        {
            Status = status,
            Denied = denied,
            Error = Member(body, "error"),
            RetryAfter = int.TryParse(retry, out int seconds) && seconds >= 0 ? seconds : null,
            Body = body,
            HasSuccess = status < 400,
            Shown = EvidenceText.Of($"{status}{(denied is null ? "" : $" x-cagent-denied: {denied}")} {EvidenceText.Of(body.Span, MaxShown)}").TrimEnd(),
        };
    }

    /// <summary>The body of an HTTP/2 response: its typed text is what tells a denial.</summary>
    public static Answer OfHttp2(ReadOnlyMemory<byte> body)
    {
        string? error = Member(body, "error");
        return new Answer(AnswerKind.Http)
        {
            Denied = error == "denied" ? Member(body, "reason") : null,
            Error = error,
            Body = body,
            HasSuccess = error is not ("denied" or "refused" or "upstream_failed"),
            Shown = "HTTP/2 " + EvidenceText.Of(body.Span, MaxShown),
        };
    }

    /// <summary>The first bytes behind a ClientHello; empty is a close.</summary>
    public static Answer OfHello(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? Of(AnswerKind.Closed, "closed")
        : bytes[0] == TlsAlert ? Of(AnswerKind.Alert, "TLS alert")
        : bytes[0] == TlsHandshake ? Of(AnswerKind.Tls, "the ClientHello was answered")
        : new Answer(AnswerKind.Bytes) { Shown = EvidenceText.Of(bytes, MaxShown) };

    private static string? Member(ReadOnlyMemory<byte> body, string name)
    {
        if (body.IsEmpty || body.Span[0] != (byte)'{')
        {
            return null;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return json.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
