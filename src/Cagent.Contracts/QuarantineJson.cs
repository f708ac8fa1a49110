// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cagent.Contracts.Admin.V1;
using Google.Protobuf;

namespace Cagent.Contracts;

/// <summary>The one JSON shape of who is in quarantine: protobuf's JSON with the names of the proto, nothing left out.</summary>
public static class QuarantineJson
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithFormatDefaultValues(true));

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Renders the list.</summary>
    public static string Render(ListQuarantinedAgentsResponse agents) => JsonNode.Parse(Formatter.Format(agents))!.ToJsonString(Indented);
}
