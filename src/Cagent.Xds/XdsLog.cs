// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds;

/// <summary>Log events 1100 to 1199.</summary>
internal static partial class XdsLog
{
    [LoggerMessage(1100, LogLevel.Information, "xDS stream of node {Node} (cluster {Cluster}, {UserAgent}) opened")]
    public static partial void StreamOpened(this ILogger logger, string node, string cluster, string userAgent);

    [LoggerMessage(1101, LogLevel.Information, "xDS stream of node {Node} ended: {Status}")]
    public static partial void StreamEnded(this ILogger logger, string node, string status);

    [LoggerMessage(1102, LogLevel.Warning, "Node {Node} rejected {Type} of revision {Revision} (nonce {Nonce}, held back: {Suspects}): {Text}")]
    public static partial void Rejected(this ILogger logger, string node, string type, string revision, string nonce, string suspects, string text);

    [LoggerMessage(1103, LogLevel.Warning, "Node {Node} asked for the unknown type {TypeUrl}; it gets no answer")]
    public static partial void UnknownType(this ILogger logger, string node, string typeUrl);

    [LoggerMessage(1104, LogLevel.Debug, "Sent {Type} to node {Node}: {Resources} resources, {Removed} removed, revision {Revision}, nonce {Nonce}")]
    public static partial void ResponseSent(this ILogger logger, string node, string type, int resources, int removed, string revision, string nonce);

    [LoggerMessage(1105, LogLevel.Trace, "Request {Kind} for {Type} from node {Node}: nonce {Nonce}, {Subscribed} subscribed, {Unsubscribed} unsubscribed")]
    public static partial void RequestReceived(this ILogger logger, string node, string type, string kind, string nonce, int subscribed, int unsubscribed);

    [LoggerMessage(1106, LogLevel.Debug, "Node {Node} accepted {Type} of revision {Revision} after {Milliseconds} ms")]
    public static partial void Accepted(this ILogger logger, string node, string type, string revision, double milliseconds);

    [LoggerMessage(1107, LogLevel.Warning, "The source of the on-demand {Type} {Name} failed for node {Node}")]
    public static partial void OnDemandFailed(this ILogger logger, string node, string type, string name, Exception? exception);

    [LoggerMessage(1108, LogLevel.Error, "A handler of xDS events failed")]
    public static partial void HandlerFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1109, LogLevel.Information, "Revision {Revision} published for group {Group}: {Resources} resources")]
    public static partial void Published(this ILogger logger, string revision, string group, int resources);

    [LoggerMessage(1120, LogLevel.Warning, "Node {Node} from {Peer} refused: {Status}, {Text}")]
    public static partial void NodeRefused(this ILogger logger, string node, string peer, StatusCode status, string text);

    [LoggerMessage(1121, LogLevel.Warning, "The authoriser failed; the caller is refused")]
    public static partial void AuthorizerFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1122, LogLevel.Debug, "Node {Node} from {Peer} refused again: {Status}")]
    public static partial void NodeRefusedAgain(this ILogger logger, string node, string peer, StatusCode status);

    [LoggerMessage(1111, LogLevel.Warning, "Node {Node} rejects {Type} because of {Culprits}; the rest of the response is sent without it")]
    public static partial void CulpritFound(this ILogger logger, string node, string type, string culprits);

    [LoggerMessage(1112, LogLevel.Error, "The capabilities of node {Node} could not be told; it is refused")]
    public static partial void CapabilitiesFailed(this ILogger logger, string node, Exception exception);

    [LoggerMessage(1113, LogLevel.Warning, "The own resources of node {Node} could not be told")]
    public static partial void NodeResourcesFailed(this ILogger logger, string node, Exception exception);

    [LoggerMessage(1114, LogLevel.Warning, "{Count} own resources of node {Node} have a name that its group has too and are not served, the first is {Name}")]
    public static partial void NodeResourcesHidden(this ILogger logger, string node, int count, string name);

    [LoggerMessage(1115, LogLevel.Warning, "Node {Node} is refused: too many streams open at this time, {Waiting} wait")]
    public static partial void OpeningRefused(this ILogger logger, string node, int waiting);

    [LoggerMessage(1110, LogLevel.Information, "Group {Group} forgotten: its nodes are told nothing until it is published again")]
    public static partial void Forgotten(this ILogger logger, string group);
}
