// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text.Json;

namespace Cagent.Audit.AccessLogs;

/// <summary>
/// One record as one line of JSON. Control characters, quotes and everything outside ASCII are escaped by the writer, so no text of
/// an agent can begin a line of its own. Fields without a value are left out; the order is fixed.
/// </summary>
internal static class AccessLogJson
{
    public static void WriteLine(AccessLogRecord record, IBufferWriter<byte> output)
    {
        using (Utf8JsonWriter json = new(output))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", record.Time.UtcDateTime);
            json.WriteString("log", record.Log);
            WriteIdentity(json, record);
            WriteRequest(json, record);
            WriteOutcome(json, record);
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    private static void WriteIdentity(Utf8JsonWriter json, AccessLogRecord record)
    {
        WriteIfSet(json, "agent", record.Agent);
        WriteIfSet(json, "tunnel", record.Tunnel);
        WriteIfSet(json, "connect", record.Connect);
        WriteIfSet(json, "sni", record.Sni);
        WriteIfSet(json, "source", record.Source);
        WriteIfSet(json, "destination", record.Destination);
        WriteIfSet(json, "request_id", record.RequestId);
        WriteIfSet(json, "entry", record.Entry);
        WriteIfSet(json, "rule", record.Rule);
    }

    private static void WriteRequest(Utf8JsonWriter json, AccessLogRecord record)
    {
        WriteIfSet(json, "method", record.Method);
        WriteIfSet(json, "scheme", record.Scheme);
        WriteIfSet(json, "host", record.Host);
        WriteIfSet(json, "path", record.Path);
    }

    private static void WriteOutcome(Utf8JsonWriter json, AccessLogRecord record)
    {
        if (record.Status is { } status)
        {
            json.WriteNumber("response_code", status);
        }
        if (!record.Flags.IsEmpty)
        {
            json.WriteString("response_flags", string.Join(',', record.Flags));
        }
        WriteIfSet(json, "response_code_details", record.Details);
        WriteIfSet(json, "denied_reason", record.DeniedReason);
        WriteIfSet(json, "response_guard", record.Guard);
        json.WriteNumber("bytes_received", record.BytesUp);
        json.WriteNumber("bytes_sent", record.BytesDown);
        json.WriteNumber("duration_ms", Math.Round(record.Duration.TotalMilliseconds, 3));
        WriteIfSet(json, "upstream_host", record.UpstreamHost);
        WriteIfSet(json, "upstream_cluster", record.UpstreamCluster);
    }

    private static void WriteIfSet(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
