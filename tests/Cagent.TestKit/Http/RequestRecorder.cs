// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.TestKit.Http;

/// <summary>Turns Kestrel's request into a <see cref="RecordedRequest"/>.</summary>
internal static class RequestRecorder
{
    public static RecordedRequest Record(HttpContext context)
    {
        HttpRequest request = context.Request;
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        int query = target.IndexOf('?', StringComparison.Ordinal);
        return new RecordedRequest
        {
            Method = request.Method,
            Path = query < 0 ? target : target[..query],
            Query = query < 0 ? "" : target[query..],
            Host = request.Host.Value ?? "",
            Protocol = request.Protocol,
            Headers = request.Headers.ToImmutableSortedDictionary(
                header => header.Key, header => header.Value.Select(value => value ?? "").ToImmutableArray(), StringComparer.OrdinalIgnoreCase),
            ConnectionId = context.Connection.Id.Split(':')[0],
            ServerName = context.Features.Get<ITlsHandshakeFeature>()?.HostName,
            Time = TimeProvider.System.GetUtcNow(),
        };
    }

    /// <summary>Reads the body to its end into the record.</summary>
    public static async Task ReadBodyAsync(HttpContext context, RecordedRequest request, CancellationToken cancellationToken)
    {
        PipeReader body = context.Request.BodyReader;
        ReadResult result;
        do
        {
            result = await body.ReadAsync(cancellationToken);
            foreach (ReadOnlyMemory<byte> segment in result.Buffer)
            {
                request.AddBody(segment.Span);
            }

            body.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);
        request.Complete();
    }
}
