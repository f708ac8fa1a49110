// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Csds;
using Cagent.Xds.Ordering;
using Cagent.Xds.Resources;
using Envoy.Config.Core.V3;

namespace Cagent.Xds.Streams;

/// <summary>Resource by resource status. Made only when it is asked for, by the loop, so that nobody else reads its state.</summary>
internal sealed partial class XdsStream
{
    public DateTimeOffset ConnectedSince => _connectedSince;

    /// <summary>The node as it described itself; null before the first message. Never change it.</summary>
    public Node? NodeMessage => _claim.Message;

    /// <summary>
    /// Every resource of the stream, once its loop comes to it: a loop that waits for a slow client answers late. Null when
    /// the stream ended.
    /// </summary>
    public Task<ImmutableArray<ResourceReport>?> AskReportAsync() => _mailbox.AskAsync();

    private void AnswerQuestion()
    {
        if (!_mailbox.HasQuestion)
        {
            return;
        }

        ImmutableArray<ResourceReport>.Builder report = ImmutableArray.CreateBuilder<ResourceReport>();
        foreach (TypeProgress type in _state.Types)
        {
            XdsType xdsType = type.Type;
            report.AddRange(type.Subscription.Describe().Select(state => new ResourceReport(xdsType, state)));
        }

        _mailbox.AnswerQuestion(report.ToImmutable());
    }
}
