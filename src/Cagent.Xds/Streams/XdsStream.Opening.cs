// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Cagent.Xds.OnDemand;
using Grpc.Core;

namespace Cagent.Xds.Streams;

/// <summary>The first message: nothing is done for a stream before it is known whose it is.</summary>
internal sealed partial class XdsStream
{
    /// <summary>The client takes a time to live with resources.</summary>
    public const string TtlFeature = "xds.config.supports-resource-ttl";

    /// <summary>The client takes it in SotW too, in a wrapper around each resource.</summary>
    public const string SotwTtlFeature = "xds.config.supports-resource-in-sotw";

    private bool _isCounted;
    private OpeningGate.Place? _opening;

    /// <summary>Gives the status to end the stream with; null when it may go on, with the first message in the mailbox.</summary>
    private async ValueTask<Status?> OpenAsync(StreamTransport transport, CancellationToken cancellationToken)
    {
        IncomingRequest? first;
        try
        {
            first = await transport.ReadAsync(cancellationToken).AsTask()
                .WaitAsync(_scope.Options.OpeningTimeout, _scope.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return StreamStatus.Silent;
        }
#pragma warning disable CA1031 // Reset or bad message: there is nothing to answer.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return (exception as RpcException)?.Status ?? StreamStatus.Cancelled;
        }

        if (first is null)
        {
            return Status.DefaultSuccess;
        }

        Status? refusal = FindOversize(first) ?? _claim.Check(first.Node, _scope.Options.MaxNameLength)
            ?? await _scope.Admission.RefuseNodeAsync(_claim.Node!, transport.Caller, cancellationToken).ConfigureAwait(false)
            ?? _claim.Judge(first.Node!, _scope.Capabilities) ?? _overlay.Ask(_claim.Node!, _claim.Message!) ?? Count(_claim.Node!);
        if (refusal is not null)
        {
            return refusal;
        }

        _opening = await _scope.Openings.TryEnterAsync(cancellationToken).ConfigureAwait(false);
        if (_opening is null)
        {
            _scope.Logger.OpeningRefused(ClientText.Name(_claim.Node!.Id), _scope.Openings.Waiting);
            return StreamStatus.TooManyOpenings;
        }

        var features = first.Node!.ClientFeatures;
        _state.AllowsTtl = features.Contains(TtlFeature)
            && (Variant.IsDelta || features.Contains(SotwTtlFeature));
        NodeIdentity node = _claim.Node!;
        _onDemand = new OnDemandRequests(_scope.Sources, node, _scope.Options, _scope.Time, _scope.Logger, _mailbox.Put);
        _scope.Logger.StreamOpened(ClientText.Name(node.Id), ClientText.Name(node.Cluster), node.UserAgent);
        await _mailbox.PutAsync(first, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private Status? Count(NodeIdentity node)
    {
        _isCounted = _scope.Census.TryEnter(node.Id, _scope.Options.MaxStreamsPerNode);
        return _isCounted ? null : StreamStatus.TooManyStreams;
    }

    private void EndOpening()
    {
        _opening?.Dispose();
        _opening = null;
    }

    private void Close()
    {
        EndOpening();
        if (_isCounted)
        {
            _scope.Census.Leave(_claim.Node!.Id);
        }
    }

    private Status? FindOversize(IncomingRequest message) =>
        message.Size > _scope.Options.MaxRequestBytes ? StreamStatus.RequestTooLarge : null;
}
