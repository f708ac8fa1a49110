// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cagent.Cli;

/// <summary>JSON as commands print it: indented, and with quotes and other alphabets as they are.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TextWriter writer, JsonNode document) => writer.WriteLine(document.ToJsonString(Indented));

    /// <summary>Texts as an array.</summary>
    public static JsonArray Array(IEnumerable<JsonNode?> items) => new([.. items]);
}
