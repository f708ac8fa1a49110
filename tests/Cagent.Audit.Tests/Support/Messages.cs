// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Accesslog.V3;
using Grpc.Core;

namespace Cagent.Audit.Tests.Support;

/// <summary>A stream that sends these messages and ends.</summary>
internal sealed class Messages(params StreamAccessLogsMessage[] all) : IAsyncStreamReader<StreamAccessLogsMessage>
{
    private int _next;

    public StreamAccessLogsMessage Current => all[_next - 1];

    public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(_next++ < all.Length);
}
