// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cagent.Policy.Schema;

/// <summary>
/// The JSON Schema (2020-12) of policies and profiles, made from the same list of keys that the reader reads by. It judges shape; what
/// needs the rest of the policy, such as whether a credential is defined, only <see cref="PolicyLoader"/> judges. Thread safe.
/// </summary>
public static class PolicySchema
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Lazy<string> s_text = new(() => new SchemaWriter().Write().ToJsonString(s_indented) + "\n");

    /// <summary>The schema, indented, with a line end behind it.</summary>
    public static string Text => s_text.Value;
}
