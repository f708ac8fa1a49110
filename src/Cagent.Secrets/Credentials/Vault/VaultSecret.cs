// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.Secrets.Credentials.Http;

namespace Cagent.Secrets.Credentials.Vault;

/// <summary>The value in the answer to a read of the KV engine, of version 1 (<c>data</c>) or 2 (<c>data.data</c> and <c>data.metadata</c>).</summary>
internal static class VaultSecret
{
    public static FetchOutcome Read(SourceAnswer answer, VaultCredentialDefinition definition, DateTimeOffset now)
    {
        string name = VaultApi.AddressOf(definition.Server)?.GetLeftPart(UriPartial.Authority) ?? "Vault";
        if (answer.Status == 404)
        {
            return new FetchOutcome.Failed(FetchFailure.Missing, WhyMissing(answer, definition, name)) { Withdraws = true };
        }

        if (!answer.IsSuccess)
        {
            return VaultProblems.Of(answer, name, $"the login may not read {definition.Path}: a policy of its role needs path \"{definition.Path}\" with the capability read");
        }

        using JsonDocument? document = answer.ParseObject();
        if (document is null || !document.RootElement.TryGetProperty("data", out JsonElement data) || data.ValueKind != JsonValueKind.Object)
        {
            return VaultProblems.Unreadable(name);
        }

        JsonElement fields = data;
        if (definition.Version == 2 && (!data.TryGetProperty("data", out fields) || fields.ValueKind != JsonValueKind.Object))
        {
            return new FetchOutcome.Failed(FetchFailure.Invalid, $"{definition.Path} is no secret of the KV engine, version 2; for version 1 write kv_version: 1 and the path without data") { Withdraws = true };
        }

        FetchOutcome outcome = ReadField(fields, definition);
        return outcome is FetchOutcome.Fetched fetched
            ? fetched with { ExpiresAt = End(data, definition, now), RefreshIn = Refresh(document.RootElement, definition) }
            : outcome;
    }

    private static FetchOutcome ReadField(JsonElement fields, VaultCredentialDefinition definition)
    {
        if (!fields.TryGetProperty(definition.Field, out JsonElement field))
        {
            return new FetchOutcome.Failed(FetchFailure.Missing, string.Create(
                CultureInfo.InvariantCulture, $"the secret {definition.Path} has no field {definition.Field}; it has {fields.EnumerateObject().Count()} others")) { Withdraws = true };
        }

        string? text = field.ValueKind switch
        {
            JsonValueKind.String => field.GetString(),
            JsonValueKind.Number => field.GetRawText(),
            _ => null,
        };
        CredentialReading reading = text is null
            ? CredentialReading.Unavailable($"the field {definition.Field} of {definition.Path} is neither text nor a number")
            : CredentialText.Parse(Encoding.UTF8.GetBytes(text), $"the field {definition.Field} of {definition.Path}");
        return reading.Value is null ? new FetchOutcome.Failed(FetchFailure.Invalid, reading.Problem!) { Withdraws = true } : new FetchOutcome.Fetched(reading.Value);
    }

    /// <summary>Version 2 says when it will delete the version (<c>delete_version_after</c>).</summary>
    private static DateTimeOffset? End(JsonElement data, VaultCredentialDefinition definition, DateTimeOffset now) =>
        definition.Version == 2 && data.TryGetProperty("metadata", out JsonElement metadata) && metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty("deletion_time", out JsonElement deletion) && deletion.ValueKind == JsonValueKind.String
        && DateTimeOffset.TryParse(deletion.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset end) && end > now ? end : null;

    /// <summary>Version 1 says by <c>lease_duration</c> when to read again; it ends nothing then.</summary>
    private static TimeSpan Refresh(JsonElement root, VaultCredentialDefinition definition) =>
        definition.Version == 1 && root.TryGetProperty("lease_duration", out JsonElement lease) && lease.ValueKind == JsonValueKind.Number
        && lease.TryGetInt32(out int seconds) && seconds > 0 && TimeSpan.FromSeconds(seconds) is var wish && wish < definition.Refresh ? wish : definition.Refresh;

    private static string WhyMissing(SourceAnswer answer, VaultCredentialDefinition definition, string name)
    {
        using JsonDocument? document = answer.ParseObject();
        bool isDeleted = document is not null && document.RootElement.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.Object && data.TryGetProperty("metadata", out _);
        return isDeleted ? $"the newest version of {definition.Path} was deleted; undelete it, or write a new one"
            : definition.Version == 2 ? $"{name} says 404: there is no secret {definition.Path}; look at mount and namespace, and whether the engine is of version 1 (kv_version: 1)"
            : $"{name} says 404: there is no secret {definition.Path}; in an engine of version 2 the path is MOUNT/data/NAME, with kv_version: 2";
    }
}
