// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Fetching;

namespace Cagent.Secrets.Credentials.Exec;

/// <summary>
/// What a program printed: a JSON object, or the value alone. Known are kubectl's ExecCredential (<c>status.token</c>), OAuth answers
/// (<c>access_token</c>), <c>token</c>, <c>value</c>, and AWS's credential_process with <c>field</c>. An end that cannot be read is an error:
/// without it the value would be used for too long. No message repeats any of it.
/// </summary>
internal static class ExecOutput
{
    private static readonly string[] Values = ["access_token", "accessToken", "token", "value"];

    private static readonly string[] Ends = ["expirationTimestamp", "Expiration", "expiration", "expires_at", "expiresAt", "expiry", "token_expiry", "expires_on"];

    public static FetchOutcome Parse(ReadOnlyMemory<byte> output, ExecCredentialDefinition definition, DateTimeOffset now)
    {
        string program = definition.Command.Items[0];
        string source = $"what {program} prints";
        if (output.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..])
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(output);
                return ReadObject(document.RootElement, definition, source, now);
            }
            catch (JsonException)
            {
                return Invalid($"{source} begins like a JSON object and is none");
            }
        }

        if (definition.Field is not null)
        {
            return Invalid($"{source} is no JSON object, and so has no field {definition.Field}");
        }

        return Fetched(CredentialText.Parse(output.Span, source), definition, null);
    }

    private static FetchOutcome ReadObject(JsonElement root, ExecCredentialDefinition definition, string source, DateTimeOffset now)
    {
        JsonElement holder = root.TryGetProperty("status", out JsonElement status) && status.ValueKind == JsonValueKind.Object ? status
            : root.TryGetProperty("credential", out JsonElement credential) && credential.ValueKind == JsonValueKind.Object ? credential
            : root;
        JsonElement value = default;
        if (definition.Field is { } field)
        {
            if (!root.TryGetProperty(field, out value) && !holder.TryGetProperty(field, out value))
            {
                return Invalid($"{source} has no field {field}");
            }
        }
        else if (!Array.Exists(Values, name => holder.TryGetProperty(name, out value)))
        {
            return Invalid($"{source} is a JSON object without status.token, access_token, token or value; say with field which one it is");
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return Invalid($"the value in {source} is no text");
        }

        if (!TryReadEnd(holder, now, out DateTimeOffset? end))
        {
            return Invalid($"the end of the value in {source} cannot be read; write it as in 2026-01-31T12:00:00Z, or as seconds in expires_in");
        }

        return Fetched(CredentialText.Parse(Encoding.UTF8.GetBytes(value.GetString()!), source), definition, end);
    }

    private static bool TryReadEnd(JsonElement holder, DateTimeOffset now, out DateTimeOffset? end)
    {
        end = null;
        foreach (string name in Ends)
        {
            if (holder.TryGetProperty(name, out JsonElement written) && written.ValueKind != JsonValueKind.Null)
            {
                end = ReadMoment(written);
                return end is not null;
            }
        }

        if (holder.TryGetProperty("expires_in", out JsonElement seconds) && seconds.ValueKind != JsonValueKind.Null)
        {
            end = ReadSeconds(seconds) is { } length ? now + TimeSpan.FromSeconds(length) : null;
            return end is not null;
        }

        return true;
    }

    private static DateTimeOffset? ReadMoment(JsonElement written) =>
        ReadSeconds(written) is { } seconds ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
        : written.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(written.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment) ? moment
        : null;

    /// <summary>Seconds as a number or, as some write them, as text; up to the year 5000.</summary>
    private static double? ReadSeconds(JsonElement written)
    {
        double seconds = double.NaN;
        bool isNumber = written.ValueKind == JsonValueKind.Number ? written.TryGetDouble(out seconds)
            : written.ValueKind == JsonValueKind.String && double.TryParse(written.GetString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds);
        return isNumber && seconds is >= 0 and < 95_000_000_000 ? seconds : null;
    }

    private static FetchOutcome Fetched(CredentialReading reading, ExecCredentialDefinition definition, DateTimeOffset? end) =>
        reading.Value is null ? Invalid(reading.Problem!) : new FetchOutcome.Fetched(reading.Value) { ExpiresAt = end, RefreshIn = definition.Refresh };

    private static FetchOutcome.Failed Invalid(string problem) => new(FetchFailure.Invalid, problem);
}
