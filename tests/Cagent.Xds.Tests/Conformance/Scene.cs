// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Xds.Tests.Streams;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>One node on the shared server: its state by name and content, and its client.</summary>
internal sealed class Scene : IDisposable
{
    private static int _nodes;
    private readonly SortedDictionary<(string Type, string Name), string> _state = [];
    private int _revision;
    private int _syncs;

    public Scene(XdsHost host, XdsVariant variant)
    {
        Host = host;
        Node = "node-" + Interlocked.Increment(ref _nodes).ToString(CultureInfo.InvariantCulture);
        Client = new Driver(host.Invoker, variant, Node);
    }

    public XdsHost Host { get; }

    public string Node { get; }

    public Driver Client { get; }

    public string Revision => $"{Node}-r{_revision}";

    /// <summary>Adds or changes resources of a type and publishes: <c>"A B C"</c> at <c>v1</c>.</summary>
    public void Set(string type, string names, string content = "v1")
    {
        foreach (string name in names.Split(' '))
        {
            _state[(type, name)] = content;
        }

        Publish();
    }

    public void Remove(string type, string name)
    {
        _state.Remove((type, name));
        Publish();
    }

    /// <summary>Several changes in one revision: <c>"cds/a=v2"</c>, or <c>"cds/a"</c> for a removal.</summary>
    public void Change(params string[] changes)
    {
        foreach (string change in changes)
        {
            string[] parts = change.Split('/', '=');
            if (parts.Length == 3)
            {
                _state[(parts[0], parts[1])] = parts[2];
            }
            else
            {
                _state.Remove((parts[0], parts[1]));
            }
        }

        Publish();
    }

    public void Publish()
    {
        _revision++;
        Host.Server.Publish(Node, Snapshots.Of(Revision, [.. _state.Select(pair => $"{pair.Key.Type}/{pair.Key.Name}={pair.Value}")]));
    }

    /// <summary>
    /// Proves silence without waiting: a name that is new to client and state is the next thing to come, so that anything
    /// else would be seen before it. Gives the response.
    /// </summary>
    public async Task<DriverResponse> QuietAsync(string type, bool isWildcard = false)
    {
        string name = $"zz-sync-{++_syncs}";
        if (!isWildcard)
        {
            await Client.SubscribeAsync(type, name);
        }

        _state[(type, name)] = "here";
        Publish();

        DriverResponse response = await Client.TakeAsync(type);
        // With delta the name may be asked for before it is there.
        if (response.Removed == name)
        {
            await Client.AckAsync(type);
            response = await Client.TakeAsync(type);
        }

        Assert.Contains($"{name}=here", response.Content, StringComparison.Ordinal);
        Assert.Equal("", response.Removed);
        await Client.AckAsync(type);
        return response;
    }

    public void Dispose()
    {
        Client.Dispose();
        Host.Server.Forget(Node);
    }
}
