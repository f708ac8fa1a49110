// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Grpc.Server;
using Cagent.Xds.Subscriptions;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Xds.Streams;

/// <summary>Writes responses: shared bytes with the stream's nonce behind them where the transport can, messages elsewhere.</summary>
/// <param name="responses">The transport.</param>
/// <param name="writeBody">Makes the message without its nonce.</param>
/// <param name="scope">The limits.</param>
internal sealed class ResponseWriter<T>(IServerStreamWriter<T> responses, Func<ResponsePart, T> writeBody, StreamScope scope) : IResponseWriter
    where T : class, IMessage<T>
{
    // Both response messages have their nonce in field 5 (section 8 of the transport notes), length-delimited.
    private const byte NonceTag = (5 << 3) | 2;

    private readonly Func<ResponsePart, byte[]> _encodeBody = part => writeBody(part).ToByteArray();

    // The running write; the stream's loop alone touches it.
    private Task _write = Task.CompletedTask;

    public Task WriteAsync(ResponsePart part, SharedBodies bodies, CancellationToken cancellationToken) =>
        Start(part, bodies, cancellationToken).WaitAsync(scope.Options.WriteTimeout, scope.Time, cancellationToken);

    public async Task EndAsync() => await _write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private Task Start(ResponsePart part, SharedBodies bodies, CancellationToken cancellationToken)
    {
        if (responses is IRawMessageWriter raw)
        {
            ReadOnlyMemory<byte> body = bodies.Get(part, _encodeBody);
            byte[] nonce = Nonce(part.Nonce);
            scope.Metrics.Sent(part.Type, body.Length + nonce.Length);
            return _write = raw.WriteRawAsync(body, nonce, cancellationToken);
        }

        T message = writeBody(part);
        message.MergeFrom(Nonce(part.Nonce));
        scope.Metrics.Sent(part.Type, message.CalculateSize());

        // Not every writer can cancel a write; the wait ends, and the end of the stream ends the write.
        return responses.WriteAsync(message, CancellationToken.None);
    }

    // The field may stand behind all others.
    private static byte[] Nonce(string nonce)
    {
        byte[] field = new byte[2 + nonce.Length];
        field[0] = NonceTag;
        field[1] = (byte)nonce.Length;
        Encoding.ASCII.GetBytes(nonce, field.AsSpan(2));
        return field;
    }
}
