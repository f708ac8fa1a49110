// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Http2.Streams;

/// <summary>The stream as a collection of features: itself, and behind it those of its connection.</summary>
internal sealed partial class Http2Stream : IFeatureCollection
{
    public bool IsReadOnly => true;

    public int Revision => 0;

    public object? this[Type key]
    {
        get => key.IsInstanceOfType(this) ? this : _connection.Features[key];
        set => throw new NotSupportedException();
    }

    public TFeature? Get<TFeature>() => this is TFeature own ? own : _connection.Features.Get<TFeature>();

    public void Set<TFeature>(TFeature? instance) => throw new NotSupportedException();

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _connection.Features.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
