// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cagent.Contracts.Admin.V1;
using Google.Protobuf;

namespace Cagent.Contracts;

/// <summary>
/// The one JSON shape of a status, for <c>status.json</c> and <c>cagent status --json</c>: protobuf's JSON with the names of
/// the proto, lists that are always there, and states in lower case (<c>effective</c>, <c>backing_off</c>).
/// </summary>
public static class StatusJson
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default
        .WithPreserveProtoFieldNames(true).WithFormatDefaultValues(true));

    // A NACK quotes names; it is read in a terminal, not in a page.
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Renders a status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="isIndented">For people, or one line for programs.</param>
    public static string Render(DeploymentStatus status, bool isIndented = true)
    {
        JsonNode root = JsonNode.Parse(Formatter.Format(status))!;
        Shorten(root["policy"], "POLICY_STATE_");
        Shorten(root["envoy"], "ENVOY_STATE_");
        foreach (JsonNode? credential in (root["credentials"] as JsonArray) ?? [])
        {
            Shorten(credential, "CREDENTIAL_STATE_");
        }

        return root.ToJsonString(isIndented ? Indented : OneLine);
    }

    private static void Shorten(JsonNode? parent, string prefix)
    {
        if (parent?["state"] is JsonValue state)
        {
            parent["state"] = state.GetValue<string>().Replace(prefix, "", StringComparison.Ordinal).ToLowerInvariant();
        }
    }
}
