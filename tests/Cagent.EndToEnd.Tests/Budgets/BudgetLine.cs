// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Cagent.EndToEnd.Tests.Faults;

namespace Cagent.EndToEnd.Tests.Budgets;

/// <summary>What <c>cagent status</c> says of one agent's budget. What is 0 is missing in protobuf's JSON.</summary>
public sealed record BudgetLine(string Agent, string Period, DateTimeOffset ResetsAt, long Requests, long Bytes, long Held)
{
    public static async Task<BudgetLine> ReadAsync(string stateFolder, string agent)
    {
        (int code, string errors, string output) = await CagentCommand.RunAsync(stateFolder, "status", "--state", stateFolder, "--json");
        Assert.True(code == 0, $"cagent status ended with {code}: {errors}");
        using JsonDocument document = JsonDocument.Parse(output);
        JsonElement line = document.RootElement.GetProperty("budgets").EnumerateArray().Single(budget => budget.GetProperty("agent").GetString() == agent);
        return new BudgetLine(agent, line.GetProperty("period").GetString()!, line.GetProperty("resets_at").GetDateTimeOffset(), Number(line, "requests"), Number(line, "bytes"), Number(line, "held_bytes"));
    }

    private static long Number(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) ? value.ValueKind == JsonValueKind.String ? long.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetInt64() : 0;
}
