// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using System.Text.Json;
using Cagent.Secrets.Credentials.Fetching;

namespace Cagent.Secrets.Credentials.Http;

/// <summary>What a server answered, whole; or why there is no answer, and then everything else is empty.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body. It may hold secrets: no part of it goes into a message.</param>
internal sealed record SourceAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>The server could not be asked, or its answer could not be read.</summary>
    public FetchOutcome.Failed? Failure { get; private init; }

    /// <summary>What <c>retry-after</c> says.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Its headers; null when there is no answer.</summary>
    public HttpResponseHeaders? Headers { get; init; }

    public bool IsSuccess => Failure is null && Status is >= 200 and < 300;

    public static SourceAnswer None(FetchFailure failure, string problem) => new(0, default) { Failure = new FetchOutcome.Failed(failure, problem) };

    /// <summary>The body as a JSON object, or null. The caller disposes it.</summary>
    public JsonDocument? ParseObject()
    {
        try
        {
            JsonDocument document = JsonDocument.Parse(Body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // Its message quotes the body.
        }

        return null;
    }
}
