// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests;

/// <summary>The access log of a deployment. Envoy reports once a second, so a record is waited for.</summary>
public sealed class AccessLogFile(string stateFolder)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>The whole text so far.</summary>
    public string Text
    {
        get
        {
            string path = Path.Combine(stateFolder, "logs", "access.log");
            if (!File.Exists(path))
            {
                return "";
            }

            using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd();
        }
    }

    /// <summary>The one record that matches; more than one is an error.</summary>
    public async Task<JsonElement> FindAsync(string what, Func<JsonElement, bool> matches)
    {
        List<JsonElement> found = [];
        await Eventually.TrueAsync(() => (found = [.. Records().Where(matches)]).Count > 0, Limit, $"a record of {what}");
        return Assert.Single(found);
    }

    /// <summary>The record of a request by the id that also stands in a denial's body.</summary>
    public Task<JsonElement> FindAsync(string requestId) => FindAsync($"request {requestId}", record => Member(record, "request_id") == requestId);

    /// <summary>A member as text, or null.</summary>
    public static string? Member(JsonElement record, string name) => record.TryGetProperty(name, out JsonElement value) ? value.ToString() : null;

    private IEnumerable<JsonElement> Records() => Text.Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement);
}
