// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Nodes;

/// <summary>One type on one stream, as the server sees it. An ACK means "accepted", a listener or cluster may still warm.</summary>
/// <param name="TypeUrl">The type.</param>
/// <param name="SentRevision">The newest revision of which everything but removals was sent; null before the first.</param>
/// <param name="AckedRevision">The newest revision that was accepted completely, removals excepted; null before the first.</param>
/// <param name="Resources">How many resources the client holds or was sent.</param>
/// <param name="UnansweredResponses">How many responses wait for an ACK.</param>
/// <param name="HasRejected">Whether content of the current revision is held back because the client rejected it.</param>
/// <param name="LastNack">The last rejection on this stream; it stays after the content was corrected.</param>
public sealed record TypeStatus(
    string TypeUrl,
    string? SentRevision,
    string? AckedRevision,
    int Resources,
    int UnansweredResponses,
    bool HasRejected,
    NackReport? LastNack)
{
    internal long AckedSequence { get; init; }
}
