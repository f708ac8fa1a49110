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

    public SingleMessageBody(byte[] frame, RetryBudget budget)
    {
        _frame = frame;
        _share = new RetryBudget.Share(budget);
        _isKept = _share.TryTake(frame.Length);
    }

    public override HttpContent CreateContent() => new Content(_frame);

    public override bool TryRewind() => _isKept;

    public override void Commit() => _share.Return();

    public override void End() => _share.Return();

    private sealed class Content : HttpContent
    {
        private readonly byte[] _frame;

        public Content(byte[] frame)
        {
            _frame = frame;
            Headers.ContentType = ContentType;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            try
            {
                await stream.WriteAsync(_frame, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsEndOfStream(e))
            {
                // See there.
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
