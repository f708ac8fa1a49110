// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Grpc.Client.Retries;

namespace Cagent.Grpc.Client.Calls;

/// <summary>The one request of a unary or server-streaming call.</summary>
internal sealed class SingleMessageBody : RequestBody
{
    private readonly byte[] _frame;
    private readonly RetryBudget.Share _share;
    private readonly bool _isKept;
    private volatile bool _isEnded;

    public SingleMessageBody(byte[] frame, RetryBudget budget)
    {
        _frame = frame;
        _share = new RetryBudget.Share(budget);
        _isKept = _share.TryTake(frame.Length);
    }

    public override HttpContent CreateContent() => new Content(this);

    public override bool TryRewind() => _isKept;

    public override void Commit() => _share.Return();

    public override void End()
    {
        _isEnded = true;
        _share.Return();
    }

    private sealed class Content : HttpContent
    {
        private readonly SingleMessageBody _body;

        public Content(SingleMessageBody body)
        {
            _body = body;
            Headers.ContentType = ContentType;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            try
            {
                await stream.WriteAsync(_body._frame, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsEndOfStream(e) && !_body._isEnded)
            {
                // See there. When the call ended here, it must not return: the transport would end a cut message in good order.
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
