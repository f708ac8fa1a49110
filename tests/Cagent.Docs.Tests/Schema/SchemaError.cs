// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cagent.Docs.Tests.Schema;

/// <summary>What the schema refuses.</summary>
/// <param name="KeyPath">Where, as diagnostics write it: <c>domains[0].port</c>.</param>
/// <param name="Keyword">By which keyword of the schema.</param>
internal sealed record SchemaError(string KeyPath, string Keyword)
{
    public static SchemaError From(JsonNode error)
    {
        string path = Regex.Replace((string)error["path"]!, "/([0-9]+)(?=/|$)", "[$1]").Replace('/', '.').TrimStart('.');
        string? key = (string?)error["key"];
        return new SchemaError(key is null ? path : path.Length == 0 ? key : $"{path}.{key}", (string)error["keyword"]!);
    }
}
