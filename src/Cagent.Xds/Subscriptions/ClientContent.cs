// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>
/// What a client has of one type, name by name, in one of two forms. Shared: it was sent one set as a whole and accepted
/// another, so that a stream of ten thousand resources keeps two references. Plain: a table of its own, for everything else.
/// Both give the same answers; a write makes the content plain.
/// </summary>
/// <param name="unanswered">The responses that wait for their ACK, in order; owned by the subscription.</param>
internal sealed class ClientContent(List<ResponsePart> unanswered)
{
    private static readonly Dictionary<string, Delivery> s_nothing = [];

    // Accepted parts of the set that is on its way; they count as accepted names when the content becomes plain.
    private readonly List<ResponsePart> _settled = [];
    private Dictionary<string, Delivery>? _plain;
    private XdsResourceSet _accepted = XdsResourceSet.Empty;

    // What the client had before this stream, and what of it was sent nevertheless.
    private XdsResourceSet _resumed = XdsResourceSet.Empty;
    private HashSet<string>? _resumedButSent;

    // Held beyond the sent set: gone from the snapshot, and not removed yet.
    private Dictionary<string, Delivery>? _kept;
    private uint _sentSecond;

    /// <summary>Whether the form is the shared one.</summary>
    public bool IsShared => _plain is null;

    /// <summary>Shared form: whether a set may go out as a whole. Not between the ACKs of one set's parts.</summary>
    public bool MaySendAll => IsShared && _settled.Count == 0;

    /// <summary>Shared form: the set that the client was sent last.</summary>
    public XdsResourceSet Sent { get; private set; } = XdsResourceSet.Empty;

    /// <summary>Shared form: names that it holds beside <see cref="Sent"/>.</summary>
    public Dictionary<string, Delivery>.KeyCollection Kept => (_kept ?? s_nothing).Keys;

    public int Count => _plain?.Count ?? (Sent.Sorted.Length + Kept.Count);

    /// <summary>Every name, in no order.</summary>
    public IEnumerable<string> Names => _plain?.Keys ?? Sent.Sorted.Select(resource => resource.Name).Concat(Kept);

    public Delivery this[string name]
    {
        set
        {
            Unshare();
            _plain![name] = value;
        }
    }

    /// <summary>An empty delivery for a name that the client does not have.</summary>
    public Delivery Get(string name) => TryGet(name, out Delivery delivery) ? delivery : default;

    public bool Contains(string name) => TryGet(name, out _);

    public bool TryGet(string name, out Delivery delivery)
    {
        // Accepted in part: the two sets do not tell which.
        if (_settled.Count > 0)
        {
            Unshare();
        }

        if (_plain is { } plain)
        {
            return plain.TryGetValue(name, out delivery);
        }

        if (_kept?.TryGetValue(name, out delivery) == true)
        {
            return true;
        }

        delivery = default;
        if (!Sent.TryGet(name, out XdsResource? sent))
        {
            return false;
        }

        _accepted.TryGet(name, out XdsResource? accepted);
        delivery = new Delivery(sent.Version, accepted?.Version, accepted, IsSentHere(sent)) { SentSecond = _sentSecond };
        return true;
    }

    public void Remove(string name)
    {
        if (Contains(name))
        {
            Unshare();
            _plain!.Remove(name);
        }
    }

    /// <summary>Shared form: notes that everything by which <paramref name="set"/> differs goes out, removals excepted.</summary>
    /// <param name="set">Its last part names it as <see cref="ResponsePart.Completes"/>.</param>
    /// <param name="gone">What the client holds and the set does not.</param>
    /// <param name="second">The stream's age.</param>
    public void SendAll(XdsResourceSet set, IReadOnlyCollection<string> gone, uint second)
    {
        Keep(gone);
        Sent = set;
        _sentSecond = second;
    }

    /// <summary>Takes the ACK of the oldest response; false when it has to be taken name by name.</summary>
    public bool TryAccept(ResponsePart part)
    {
        if (!IsShared)
        {
            return false;
        }

        if (part.Completes is { } set)
        {
            AcceptKept(set);
            _accepted = set;
            _settled.Clear();
        }
        else if (!part.IsHeartbeat && !part.Resources.IsEmpty)
        {
            _settled.Add(part);
        }

        return true;
    }

    /// <summary>Shared form: removes names, if nothing is on its way and <paramref name="set"/> holds the rest unchanged.</summary>
    public bool TryRemove(IReadOnlyCollection<string> names, XdsResourceSet set)
    {
        if (!IsShared || !ReferenceEquals(_accepted, Sent) || unanswered.Count > 0)
        {
            return false;
        }

        Keep(Sent.Sorted.Length == set.Sorted.Length ? [] : set.ChangesSince(Sent).Gone);
        _accepted = set;
        Sent = set;
        foreach (string name in names)
        {
            _kept?.Remove(name);
        }

        return true;
    }

    /// <summary>Takes the shared form again when the client has exactly a set, and accepted all of it.</summary>
    public void TryShare(XdsResourceSet set)
    {
        if (_plain is not { } plain || plain.Count != set.Sorted.Length)
        {
            return;
        }

        HashSet<string> sentHere = [];
        uint second = 0;
        foreach (XdsResource resource in set.Sorted)
        {
            if (!plain.TryGetValue(resource.Name, out Delivery delivery)
                || delivery.Sent != resource.Version
                || delivery.Accepted != resource.Version
                || delivery.LastGood?.HasSameContent(resource) != true)
            {
                return;
            }

            second = Math.Max(second, delivery.SentSecond);
            if (delivery.IsFromThisStream)
            {
                sentHere.Add(resource.Name);
            }
        }

        bool isAllFromHere = sentHere.Count == plain.Count;
        (_resumed, _resumedButSent) = isAllFromHere ? (XdsResourceSet.Empty, null) : (set, sentHere.Count == 0 ? null : sentHere);
        (_accepted, Sent, _sentSecond) = (set, set, second);
        _kept = null;
        _plain = null;
    }

    /// <summary>Takes the plain form. Before the first response that is not sent or not accepted as a whole is judged.</summary>
    public void Unshare()
    {
        if (!IsShared)
        {
            return;
        }

        Dictionary<string, Delivery> plain = new(_accepted.Sorted.Length, StringComparer.Ordinal);
        foreach (XdsResource resource in _accepted.Sorted)
        {
            plain[resource.Name] = new Delivery(resource.Version, resource.Version, resource, IsSentHere(resource)) { SentSecond = _sentSecond };
        }

        foreach ((string name, Delivery delivery) in _kept ?? s_nothing)
        {
            plain[name] = delivery;
        }

        Replay(plain, _settled, isAccepted: true);
        Replay(plain, unanswered, isAccepted: false);
        // What was gone before the set went out is neither in it nor kept any more.
        foreach (string name in plain.Keys.Where(name => !Sent.TryGet(name, out _) && _kept?.ContainsKey(name) != true).ToArray())
        {
            plain.Remove(name);
        }

        _settled.Clear();
        (_accepted, Sent) = (XdsResourceSet.Empty, XdsResourceSet.Empty);
        (_resumed, _resumedButSent) = (XdsResourceSet.Empty, null);
        _kept = null;
        _plain = plain;
    }

    private void Replay(Dictionary<string, Delivery> plain, List<ResponsePart> parts, bool isAccepted)
    {
        foreach (ResponsePart part in parts)
        {
            foreach (XdsResource resource in part.IsHeartbeat ? [] : part.Resources)
            {
                Delivery delivery = plain.GetValueOrDefault(resource.Name) with
                {
                    Sent = resource.Version,
                    IsFromThisStream = true,
                    SentSecond = _sentSecond,
                };
                plain[resource.Name] = isAccepted ? delivery with { Accepted = resource.Version, LastGood = resource } : delivery;
            }
        }
    }

    private void Keep(IReadOnlyCollection<string> gone)
    {
        foreach (string name in gone)
        {
            if (TryGet(name, out Delivery delivery))
            {
                (_kept ??= new Dictionary<string, Delivery>(StringComparer.Ordinal))[name] = delivery;
            }
        }
    }

    private void AcceptKept(XdsResourceSet set)
    {
        foreach (string name in Kept.ToArray())
        {
            // Also when something newer was sent before the name went: after a rejection the client still has this.
            if (set.TryGet(name, out XdsResource? resource))
            {
                _kept![name] = _kept[name] with { Accepted = resource.Version, LastGood = resource };
            }
        }
    }

    private bool IsSentHere(XdsResource resource) =>
        !(_resumed.TryGet(resource.Name, out XdsResource? resumed) && resumed.HasSameContent(resource))
        || _resumedButSent?.Contains(resource.Name) == true;
}
