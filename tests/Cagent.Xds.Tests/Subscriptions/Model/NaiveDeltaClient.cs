// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Tests.Subscriptions.Model;

/// <summary>The naive client in the delta variant.</summary>
internal sealed class NaiveDeltaClient() : NaiveClient(new XdsVariant(IsDelta: true, IsAggregated: true))
{
    protected override void Subscribe(string type, string name)
    {
        Want(type, name);
        Send(type, new DeltaRequest { TypeUrl = "", Subscribe = [name] });
    }

    protected override void Unsubscribe(string type, string name)
    {
        // A first request that subscribes to nothing is a legacy wildcard, whatever it unsubscribes from.
        bool isFirst = _wildcard.TryAdd(type, true);
        if (!isFirst && name == "*")
        {
            _wildcard[type] = false;
            Drop(type, held => !_names[type].Contains(held));
        }
        else if (!isFirst && _names[type].Remove(name))
        {
            // Envoy forgets the resource, also under a wildcard: it counts on the answer.
            Drop(type, held => held == name);
        }

        Send(type, new DeltaRequest { TypeUrl = "", Unsubscribe = [name] });
    }

    protected override void SubscribeToNothing(string type)
    {
        _wildcard[type] = true;
        Send(type, new DeltaRequest { TypeUrl = "" });
    }

    protected override void SayStale(string type, string name)
    {
        Want(type, name);
        Send(type, new DeltaRequest { TypeUrl = "", Nonce = "stale-stale-stale", Subscribe = [name] });
    }

    protected override void Repeat(string type)
    {
        if (_names[type].Count > 0)
        {
            Send(type, new DeltaRequest { TypeUrl = "", Subscribe = [.. _names[type]] });
        }
    }

    protected override void SayFirst(string type)
    {
        string[] names = _wildcard[type] && _names[type].Count > 0 ? ["*", .. _names[type]] : [.. _names[type]];
        Send(type, new DeltaRequest
        {
            TypeUrl = "",
            Subscribe = names,
            InitialVersions = _holds.Where(pair => pair.Key.Type == type).ToDictionary(pair => pair.Key.Name, pair => pair.Value.Version),
        });
    }

    protected override void Accept(ResponsePart part)
    {
        string type = part.Type.ShortName;
        foreach (XdsResource resource in part.Resources.Where(resource => Wants(type, resource.Name)))
        {
            _holds[(type, resource.Name)] = resource;
        }
    }

    protected override void SayVerdict(ResponsePart part, string? error) =>
        Send(part.Type.ShortName, new DeltaRequest { TypeUrl = "", Nonce = part.Nonce, Error = error });

    protected override bool CountsStill(ResponsePart part) => true;

    protected override void CheckHeld(string type, string[] wanted, string[] held) => Assert.Equal(wanted, held);

    private void Want(string type, string name)
    {
        _wildcard.TryAdd(type, false);
        if (name == "*")
        {
            _wildcard[type] = true;
        }
        else
        {
            _names[type].Add(name);
        }
    }
}
