// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Cagent.Policy.Schema;
using Cagent.TestKit.Files;

namespace Cagent.Docs.Tests.Schema;

/// <summary>Another implementation of JSON Schema, which judges documents by the schema of policies.</summary>
internal static class Ajv
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);
    private static readonly string s_folder = Path.Combine(RepositoryRoot.Path, "tests", "Cagent.Docs.Tests", "validator");

    /// <summary>Why it is not here; null when it is.</summary>
    public static string? Missing { get; } = Directory.Exists(Path.Combine(s_folder, "node_modules", "ajv")) ? null : "No ajv: it needs node, and script/schema-validator to install it.";

    /// <summary>The errors of each document, all of one call.</summary>
    public static async Task<IReadOnlyDictionary<string, SchemaError[]>> ValidateAsync(IEnumerable<KeyValuePair<string, JsonNode?>> documents)
    {
        using Process process = Start();
        JsonObject question = new() { ["schema"] = JsonNode.Parse(PolicySchema.Text), ["documents"] = new JsonObject(documents) };
        using CancellationTokenSource limit = new(s_limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.StandardInput.WriteAsync(question.ToJsonString().AsMemory(), limit.Token);
        process.StandardInput.Close();
        string answers = await output;
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, await error);
        return JsonNode.Parse(answers)!.AsObject().ToDictionary(
            answer => answer.Key, answer => answer.Value!.AsArray().Select(one => SchemaError.From(one!)).ToArray(), StringComparer.Ordinal);
    }

    private static Process Start()
    {
        try
        {
            return Process.Start(new ProcessStartInfo("node", ["validate.js"])
            {
                WorkingDirectory = s_folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException("node is not on PATH");
        }
    }
}
