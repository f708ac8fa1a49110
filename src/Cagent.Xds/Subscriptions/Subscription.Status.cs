// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>The state of every name, for the status service.</summary>
internal abstract partial class Subscription
{
    /// <summary>Whether the client has heard of a name that does not exist.</summary>
    protected abstract bool TellsMissing { get; }

    /// <summary>Every name that the client wants or holds, in ordinal order.</summary>
    public IEnumerable<ResourceState> Describe()
    {
        SortedSet<string> names = new(_names, StringComparer.Ordinal);
        names.UnionWith(_client.Names);
        if (_wildcard != Wildcard.None)
        {
            names.UnionWith(_resources.Sorted.Select(resource => resource.Name));
        }

        return names.Select(Describe);
    }

    /// <summary>Keeps the client's words with what it rejected.</summary>
    public void Explain(string name, string text, DateTimeOffset time)
    {
        if (_rejected.TryGetValue(name, out Rejection? rejection))
        {
            _rejected[name] = rejection with { Text = text, Time = time };
        }
    }

    private ResourceState Describe(string name)
    {
        Delivery delivery = _client.Get(name);
        bool isKnown = TryFindOffered(name, out XdsResource? offered);
        uint? sent = delivery.IsFromThisStream ? delivery.SentSecond : null;
        if (_rejected.TryGetValue(name, out Rejection? rejection))
        {
            return new ResourceState(name, offered, rejection.Version, ConfigProgress.Rejected, ClientProgress.Rejected)
            {
                Rejection = rejection,
                SentSecond = sent,
            };
        }

        ClientProgress client = delivery.Accepted is null ? ClientProgress.Requested : ClientProgress.Accepted;
        if (offered is null)
        {
            bool wasTold = isKnown && TellsMissing && !_owed.Contains(name) && !_client.Contains(name);
            return new ResourceState(
                name, delivery.LastGood, delivery.Accepted ?? "", ConfigProgress.NotSent, wasTold ? ClientProgress.DoesNotExist : client)
            {
                SentSecond = sent,
            };
        }

        return new ResourceState(name, offered, offered.Version, ProgressOf(delivery, offered), client) { SentSecond = sent };
    }

    private static ConfigProgress ProgressOf(Delivery delivery, XdsResource offered)
    {
        if (!string.Equals(delivery.Sent, offered.Version, StringComparison.Ordinal))
        {
            return ConfigProgress.NotSent;
        }

        return string.Equals(delivery.Accepted, offered.Version, StringComparison.Ordinal) ? ConfigProgress.Synced : ConfigProgress.Stale;
    }
}
