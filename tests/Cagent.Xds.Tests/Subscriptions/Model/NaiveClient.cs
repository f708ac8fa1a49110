// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Tests.Subscriptions.Model;

/// <summary>The simplest client that one can think of, and what it must have in the end. A step is a number.</summary>
internal abstract class NaiveClient
{
    private static readonly string[] Types = ["cds", "eds", "lds", "rds", "sds"];
    private static readonly string[] Names = ["a", "b", "c", "d"];

    /// <summary>What the client wants by name, by type.</summary>
    protected readonly Dictionary<string, SortedSet<string>> _names = Types.ToDictionary(type => type, _ => new SortedSet<string>(StringComparer.Ordinal));

    /// <summary>The types that were asked for, and whether all of their names are wanted.</summary>
    protected readonly Dictionary<string, bool> _wildcard = [];

    /// <summary>What the client accepted.</summary>
    protected readonly Dictionary<(string Type, string Name), XdsResource> _holds = [];
    protected readonly Queue<ResponsePart> _unanswered = new();

    private readonly HashSet<string> _rejectedVersions = [];
    private readonly XdsVariant _variant;
    private StreamProbe _probe;
    private HashSet<string> _published = [];
    private bool _isPublished;
    private int _content;
    private int _seen;

    protected NaiveClient(XdsVariant variant)
    {
        _variant = variant;
        _probe = new StreamProbe(variant: variant);
    }

    public List<string> Trace { get; } = [];

    public void Do(int step)
    {
        string type = Types[step / 32 % Types.Length];
        string name = Names[step / 256 % Names.Length];
        switch (step % 32)
        {
            case < 6:
                Publish(step / 256);
                break;
            case < 10:
                Subscribe(type, name);
                break;
            case < 12:
                Unsubscribe(type, name);
                break;
            case 12 or 13:
                Subscribe(type, "*");
                break;
            case 14:
                Unsubscribe(type, "*");
                break;
            case 15 or 16 when !_wildcard.ContainsKey(type):
                SubscribeToNothing(type);
                break;
            case < 24:
                Answer(null);
                break;
            case < 26:
                Answer("no");
                break;
            case < 28:
                Trace.Add("time passes");
                _probe.Pass(step / 32 % 10);
                TakeSince();
                break;
            case 28:
                SayStale(type, name);
                break;
            case 29:
                Connect("reconnect");
                break;
            case 30 when step / 32 % 2 == 0:
                _holds.Clear();
                Connect("crash");
                break;
            default:
                Repeat(type);
                break;
        }
    }

    public void Finish()
    {
        // New content everywhere, so that nothing is held back.
        _content++;
        Publish(0b1011_0110_1101);
        for (int i = 0; i < 10; i++)
        {
            for (int answers = 0; _unanswered.Count > 0; answers++)
            {
                Assert.True(answers < 1000, "it never ends");
                Answer(null);
            }

            _probe.Pass(20);
            TakeSince();
        }

        foreach (string type in Types)
        {
            string[] wanted = [.. _published.Where(text => text.StartsWith(type, StringComparison.Ordinal)).Where(text => Wants(type, NameOf(text))).Order()];
            string[] held = [.. _holds.Where(pair => pair.Key.Type == type).Select(pair => $"{type}/{pair.Value.Body.ToStringUtf8()}").Order()];
            CheckHeld(type, wanted, held);
        }
    }

    protected abstract void Subscribe(string type, string name);

    protected abstract void Unsubscribe(string type, string name);

    protected abstract void SubscribeToNothing(string type);

    protected abstract void SayStale(string type, string name);

    protected abstract void Repeat(string type);

    /// <summary>The first request of a type on a new stream.</summary>
    protected abstract void SayFirst(string type);

    protected abstract void Accept(ResponsePart part);

    protected abstract void SayVerdict(ResponsePart part, string? error);

    /// <summary>Whether the server takes a verdict on the response.</summary>
    protected abstract bool CountsStill(ResponsePart part);

    protected abstract void CheckHeld(string type, string[] wanted, string[] held);

    protected void Send(string type, XdsRequest request)
    {
        Trace.Add($"-> {type} [{string.Join(" ", request.Wanted)}] -[{string.Join(" ", (request as DeltaRequest)?.Unsubscribe ?? [])}] {request.Nonce} {request.Error} {(request as SotwRequest)?.VersionInfo}");
        _probe.Send(type, request);
        TakeSince();
    }

    /// <summary>Whether this stream has said anything of the type.</summary>
    protected bool HasResponse(string type) => _probe.All.Exists(part => part.Type.ShortName == type);

    protected bool Wants(string type, string name) => _names[type].Contains(name) || _wildcard.GetValueOrDefault(type);

    protected void Drop(string type, Func<string, bool> isDropped)
    {
        foreach ((string Type, string Name) key in _holds.Keys.Where(key => key.Type == type && isDropped(key.Name)).ToArray())
        {
            _holds.Remove(key);
        }
    }

    private void Answer(string? error)
    {
        if (!_unanswered.TryDequeue(out ResponsePart? part))
        {
            return;
        }

        string type = part.Type.ShortName;
        if (error is null)
        {
            Accept(part);
            // The same bytes may have gone out twice, and been rejected the first time: now they are its last good.
            _rejectedVersions.ExceptWith(part.Resources.Select(resource => type + resource.Name + resource.Version));
        }
        else if (part.Changed.Length == 1 && CountsStill(part))
        {
            // Bytes that it accepted before, and rejects now, may come again: they are its last good.
            _rejectedVersions.UnionWith(part.Changed
                .Where(resource => _holds.GetValueOrDefault((type, resource.Name))?.Version != resource.Version)
                .Select(resource => type + resource.Name + resource.Version));
        }

        // Envoy applies the removals of a response that it rejects.
        foreach (string name in part.Removed)
        {
            _holds.Remove((type, name));
        }

        SayVerdict(part, error);
    }

    private void Publish(int bits)
    {
        _published = [];
        for (int i = 0; i < Types.Length * Names.Length; i++)
        {
            if ((bits >> (i % 12) & 1) == 1)
            {
                _published.Add($"{Types[i / Names.Length]}/{Names[i % Names.Length]}={_content + (bits >> (i % 5) & 3)}");
            }
        }

        _content += 4;
        _isPublished = true;
        Trace.Add($"publish {string.Join(' ', _published)}");
        _probe.Publish([.. _published]);
        TakeSince();
    }

    private void Connect(string what)
    {
        Trace.Add(what);
        _probe = new StreamProbe(variant: _variant);
        _seen = 0;
        _unanswered.Clear();
        // The server's memory of rejections is beside the state machine.
        _rejectedVersions.Clear();
        if (_isPublished)
        {
            _probe.Publish([.. _published]);
        }

        foreach (string type in _wildcard.Keys.ToArray())
        {
            if (_wildcard[type] || _names[type].Count > 0)
            {
                SayFirst(type);
            }
            else
            {
                _wildcard.Remove(type);
            }
        }
    }

    private void TakeSince()
    {
        foreach (ResponsePart part in _probe.All.Skip(_seen))
        {
            Trace.Add($"<- {part.Type} {part.Nonce} {string.Join(' ', part.Resources.Select(r => r.Body.ToStringUtf8()))} -{string.Join(' ', part.Removed)} {part.VersionInfo}");
            Check(part);
            _unanswered.Enqueue(part);
        }

        _seen = _probe.All.Count;
    }

    private void Check(ResponsePart part)
    {
        string type = part.Type.ShortName;
        Assert.All(part.Resources, resource => Assert.True(Wants(type, resource.Name), $"{type}/{resource.Name} was not asked for"));
        Assert.All(part.Resources, resource => Assert.DoesNotContain(type + resource.Name + resource.Version, _rejectedVersions));
        Assert.Equal(part.Resources.Length, part.Resources.DistinctBy(resource => resource.Name).Count());
    }

    private static string NameOf(string text) => text.Split('/', '=')[1];
}
