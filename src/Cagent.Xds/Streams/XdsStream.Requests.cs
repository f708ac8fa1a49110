// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;
using Grpc.Core;

namespace Cagent.Xds.Streams;

/// <summary>Requests: checked, applied, and reported when they are a NACK.</summary>
internal sealed partial class XdsStream
{
    private const int MaxUnknownTypesLogged = 8;
    private readonly HashSet<string> _unknownTypes = new(StringComparer.Ordinal);

    // Gives whether no request is left. Bounded, so that a flood of requests does not starve the responses.
    private bool HandleRequests(out Status? end)
    {
        end = null;
        for (int i = 0; i < RequestsPerStep; i++)
        {
            if (!_mailbox.TryTake(out IncomingRequest? message))
            {
                return true;
            }

            end = Handle(message!);
            if (end is not null)
            {
                return true;
            }
        }

        return false;
    }

    private Status? Handle(IncomingRequest message)
    {
        if (FindOversize(message) is { } tooLarge)
        {
            return tooLarge;
        }

        if (!_budget.TryTake(Age, message.Size))
        {
            return StreamStatus.TooManyRequests;
        }

        if (_claim.Check(message.Node, _scope.Options.MaxNameLength) is { } refused)
        {
            return refused;
        }

        NodeIdentity node = _claim.Node!;
        XdsRequest request = message.Request;
        if (_onlyType is { } only)
        {
            bool isOther = request.TypeUrl.Length > 0 && request.TypeUrl != only.TypeUrl;
            return isOther ? StreamStatus.TypeForeign : FindExcess(request) ?? Apply(node, only, request);
        }

        if (request.TypeUrl.Length == 0)
        {
            return StreamStatus.TypeMissing;
        }

        if (!XdsType.TryFind(request.TypeUrl, out XdsType? type))
        {
            NoteUnknownType(node, request.TypeUrl);
            return null;
        }

        return FindExcess(request) ?? Apply(node, type, request);
    }

    private Status? FindExcess(XdsRequest request)
    {
        IReadOnlyDictionary<string, string>? held = (request as DeltaRequest)?.InitialVersions;
        if (held?.Count > _scope.Options.MaxNamesPerSubscription)
        {
            return StreamStatus.TooManyNames;
        }

        // An ACK has neither: nothing is made for it.
        return (request.Wanted.Count > 0 || held?.Count > 0) && HasTooLongName(request.Wanted, held, _scope.Options.MaxNameLength) ? StreamStatus.NameTooLong : null;
    }

    private static bool HasTooLongName(IReadOnlyList<string> wanted, IReadOnlyDictionary<string, string>? held, int limit) =>
        wanted.Any(name => name.Length > limit) || held?.Any(pair => pair.Key.Length > limit || pair.Value.Length > limit) == true;

    private Status? Apply(NodeIdentity node, XdsType type, XdsRequest request)
    {
        RequestOutcome outcome = _state.Apply(type, request);
        Subscription subscription = _state.Find(type)!.Subscription;
        string kind = Describe(outcome.Kind);
        _scope.Metrics.Request(type.ShortName, kind);
        _scope.Logger.RequestReceived(
            node.Id, type.ShortName, kind, ClientText.Name(request.Nonce), request.Wanted.Count, (request as DeltaRequest)?.Unsubscribe.Count ?? 0);
        switch (outcome.Kind)
        {
            case RequestKind.First:
                foreach ((string name, Rejection rejection) in _scope.Rejections.Of(node.Id, type.TypeUrl))
                {
                    subscription.Reject(name, rejection);
                }

                break;
            case RequestKind.Ack:
                ForgetRejections(node, type, outcome.Part!, subscription);
                break;
            case RequestKind.Nack:
                Report(node, type, request.Error!, outcome, subscription);
                break;
            case RequestKind.Stale:
            case RequestKind.Spontaneous:
                break;
        }

        return subscription.NameCount > _scope.Options.MaxNamesPerSubscription ? StreamStatus.TooManyNames : null;
    }

    private void ForgetRejections(NodeIdentity node, XdsType type, ResponsePart part, Subscription subscription)
    {
        foreach (XdsResource resource in _scope.Rejections.IsUsed ? part.Resources : [])
        {
            if (subscription.RejectionOf(resource.Name) is null)
            {
                _scope.Rejections.Clear(node.Id, type.TypeUrl, resource.Name);
            }
        }
    }

    private void Report(NodeIdentity node, XdsType type, string text, RequestOutcome outcome, Subscription subscription)
    {
        ResponsePart part = outcome.Part!;
        DateTimeOffset now = _scope.Time.GetUtcNow();
        string words = ClientText.Error(text, type);
        foreach (string name in outcome.Suspects)
        {
            subscription.Explain(name, words, now);
            if (subscription.RejectionOf(name) is { } rejection)
            {
                _scope.Rejections.Set(node.Id, type.TypeUrl, name, rejection);
            }
        }

        var report = new NackReport(
            node, type.TypeUrl, part.Nonce, part.Revision, [.. part.Resources.Select(resource => resource.Name)],
            outcome.Suspects, [.. outcome.Suspects.Select(name => part.Resources.First(resource => resource.Name == name).Version)],
            words, now)
        {
            Group = _state.Published?.Publication.Group,
            Stage = outcome.Stage,
        };
        _nacks[type.TypeUrl] = report;
        _scope.Logger.Rejected(
            node.Id, type.ShortName, report.Revision, report.Nonce, string.Join(", ", report.Stage == NackStage.Halved ? [] : report.Suspects), report.Text);
        if (report.Stage == NackStage.Found)
        {
            _scope.Logger.CulpritFound(node.Id, type.ShortName, string.Join(", ", report.Suspects));
        }

        _scope.Events.OnNacked(report);
    }

    private void NoteUnknownType(NodeIdentity node, string typeUrl)
    {
        _scope.Metrics.Request("unknown", "unknown_type");
        string name = ClientText.Name(typeUrl);
        if (_unknownTypes.Count < MaxUnknownTypesLogged && _unknownTypes.Add(name))
        {
            _scope.Logger.UnknownType(ClientText.Name(node.Id), name);
        }
    }

    private static string Describe(RequestKind kind) => kind switch
    {
        RequestKind.First => "first",
        RequestKind.Ack => "ack",
        RequestKind.Nack => "nack",
        RequestKind.Stale => "stale",
        _ => "spontaneous",
    };
}
