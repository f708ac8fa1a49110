// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.TestKit.Clients;

namespace Cagent.EndToEnd.Tests;

/// <summary>A refusal as an agent reads it: status, the header that only the proxy may set, and the JSON body.</summary>
public sealed record Denial(int Status, string? Header, string? Error, string? Reason, string? Id, string? Hint)
{
    public static Denial Of(RawResponse response) => Of(response.Status, response.DeniedReason, response.Text);

    public static async Task<Denial> OfAsync(HttpResponseMessage response) => Of(
        (int)response.StatusCode,
        response.Headers.TryGetValues("x-cagent-denied", out IEnumerable<string>? values) ? string.Join(",", values) : null,
        await response.Content.ReadAsStringAsync());

    /// <summary>The body alone.</summary>
    public static Denial OfBody(string text) => Of(0, null, text);

    /// <summary>Asserts the body of a typed denial.</summary>
    public void ShouldSay(string reason)
    {
        Assert.Equal(("denied", reason), (Error, Reason));
        Assert.False(string.IsNullOrEmpty(Id), "the denial has no id");
        Assert.False(string.IsNullOrEmpty(Hint), "the denial has no hint");
    }

    /// <summary>Asserts a typed denial: the reason in header and body, an id, and a hint to the agent.</summary>
    public Denial ShouldBe(int status, string reason)
    {
        Assert.Equal((status, reason, "denied", reason), (Status, Header, Error, Reason));
        ShouldSay(reason);
        return this;
    }

    /// <summary>Asserts the answer to a request that is not HTTP as it should be: typed, but no decision of the policy.</summary>
    public Denial ShouldBeRefused(params int[] statuses)
    {
        Assert.Contains(Status, statuses);
        Assert.Equal((null, "refused", "bad_request"), (Header, Error, Reason));
        Assert.False(string.IsNullOrEmpty(Id), "the refusal has no id");
        Assert.False(string.IsNullOrEmpty(Hint), "the refusal has no hint");
        return this;
    }

    private static Denial Of(int status, string? header, string text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            string? Text(string name) => json.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            return new Denial(status, header, Text("error"), Text("reason"), Text("id"), Text("hint"));
        }
        catch (JsonException)
        {
            return new Denial(status, header, null, null, null, "not JSON: " + text);
        }
    }
}
