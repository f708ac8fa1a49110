// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Tests.Subscriptions.Model;

/// <summary>The naive client in the state-of-the-world variant. Its answers come before anything newer that it has to say.</summary>
internal sealed class NaiveSotwClient() : NaiveClient(new XdsVariant(IsDelta: false, IsAggregated: true))
{
    private readonly Dictionary<string, string> _nonces = [];
    private readonly Dictionary<string, string> _versions = [];

    // Types whose wildcard is the explicit one.
    private readonly HashSet<string> _starred = [];

    protected override void Subscribe(string type, string name)
    {
        AnswerAll(type);
        if (name == "*")
        {
            _starred.Add(type);
            _wildcard[type] = true;
        }
        else
        {
            _names[type].Add(name);
            SetWildcard(type, _starred.Contains(type));
        }

        Say(type);
    }

    protected override void Unsubscribe(string type, string name)
    {
        if (!_wildcard.ContainsKey(type))
        {
            return;
        }

        AnswerAll(type);
        if (name == "*" && _starred.Remove(type))
        {
            SetWildcard(type, false);
        }
        else if (_names[type].Remove(name) && !_wildcard[type])
        {
            Drop(type, held => held == name);
        }

        Say(type);
    }

    protected override void SubscribeToNothing(string type)
    {
        _wildcard[type] = true;
        Say(type);
    }

    // Nothing of it counts.
    protected override void SayStale(string type, string name)
    {
        if (HasResponse(type))
        {
            Send(type, new SotwRequest { TypeUrl = "", Nonce = "stale-stale-stale", Names = [name] });
        }
    }

    protected override void Repeat(string type)
    {
        if (_wildcard.ContainsKey(type))
        {
            AnswerAll(type);
            Say(type);
        }
    }

    protected override void SayFirst(string type)
    {
        if (!_holds.Keys.Any(key => key.Type == type))
        {
            _versions.Remove(type);
        }

        _nonces.Remove(type);
        Say(type);
    }

    protected override void Accept(ResponsePart part)
    {
        string type = part.Type.ShortName;
        if (part.Type.IsFullState)
        {
            Drop(type, _ => true);
        }

        foreach (XdsResource resource in part.Resources.Where(resource => Wants(type, resource.Name)))
        {
            _holds[(type, resource.Name)] = resource;
        }

        _versions[type] = part.VersionInfo;
    }

    protected override void SayVerdict(ResponsePart part, string? error)
    {
        _nonces[part.Type.ShortName] = part.Nonce;
        Say(part.Type.ShortName, error);
    }

    // A verdict on a response that another one followed is stale.
    protected override bool CountsStill(ResponsePart part) => _unanswered.All(other => other.Type != part.Type);

    // What is gone from a partial type stays: nothing in the protocol says so.
    protected override void CheckHeld(string type, string[] wanted, string[] held)
    {
        if (Snapshots.Type(type).IsFullState)
        {
            Assert.Equal(wanted, held);
        }
        else
        {
            Assert.Subset(new HashSet<string>(held), new HashSet<string>(wanted));
            Assert.Equal(held.Length, held.Select(text => text.Split('=')[0]).Distinct().Count());
        }
    }

    private void SetWildcard(string type, bool isWildcard)
    {
        bool was = _wildcard.GetValueOrDefault(type);
        _wildcard[type] = isWildcard;
        if (was && !isWildcard)
        {
            Drop(type, held => !_names[type].Contains(held));
        }
    }

    // A client reads what has come before it says anything of its own.
    private void AnswerAll(string type)
    {
        while (_unanswered.Any(part => part.Type.ShortName == type))
        {
            ResponsePart[] all = [.. _unanswered];
            ResponsePart part = all.First(part => part.Type.ShortName == type);
            _unanswered.Clear();
            foreach (ResponsePart other in all.Where(other => other != part))
            {
                _unanswered.Enqueue(other);
            }

            Accept(part);
            SayVerdict(part, null);
        }
    }

    private void Say(string type, string? error = null)
    {
        string[] names = [.. _names[type]];
        Send(type, new SotwRequest
        {
            TypeUrl = "",
            Names = _starred.Contains(type) ? ["*", .. names] : names,
            Nonce = _nonces.GetValueOrDefault(type, ""),
            VersionInfo = _versions.GetValueOrDefault(type, ""),
            Error = error,
        });
    }
}
