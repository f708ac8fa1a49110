// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cagent.Grpc.Http2.Streams;

/// <summary>
/// Headers in their order, found by walking: a call has about ten, and no more than <see cref="Http2Limits.HeaderFields"/> come in. Half the memory of a
/// dictionary. Not thread-safe.
/// </summary>
/// <param name="capacity">How many there are usually.</param>
internal sealed class HeaderList(int capacity) : IHeaderDictionary
{
    private KeyValuePair<string, StringValues>[] _fields = [];

    public int Count { get; private set; }

    public bool IsReadOnly => false;

    public ICollection<string> Keys => [.. this.Select(header => header.Key)];

    public ICollection<StringValues> Values => [.. this.Select(header => header.Value)];

    public long? ContentLength
    {
        get => long.TryParse(this["content-length"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long length) ? length : null;
        set => this["content-length"] = value is { } length ? length.ToString(CultureInfo.InvariantCulture) : StringValues.Empty;
    }

    public StringValues this[string key]
    {
        get => TryGetValue(key, out StringValues value) ? value : StringValues.Empty;
        set
        {
            int index = Find(key);
            if (value.Count == 0)
            {
                RemoveAt(index);
            }
            else if (index >= 0)
            {
                _fields[index] = new(_fields[index].Key, value);
            }
            else
            {
                Add(key, value);
            }
        }
    }

    /// <summary>Adds a value behind the others of its name.</summary>
    public void Append(string name, string value)
    {
        int index = Find(name);
        if (index < 0)
        {
            Add(name, value);
        }
        else
        {
            _fields[index] = new(name, StringValues.Concat(_fields[index].Value, value));
        }
    }

    /// <summary>Adds a name that is not there yet.</summary>
    public void Add(string key, StringValues value)
    {
        if (Count == _fields.Length)
        {
            Array.Resize(ref _fields, Math.Max(capacity, Count * 2));
        }

        _fields[Count++] = new(key, value);
    }

    public void Add(KeyValuePair<string, StringValues> item) => Add(item.Key, item.Value);

    public void Clear()
    {
        _fields = [];
        Count = 0;
    }

    public bool Contains(KeyValuePair<string, StringValues> item) => TryGetValue(item.Key, out StringValues value) && value == item.Value;

    public bool ContainsKey(string key) => Find(key) >= 0;

    public void CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex) => _fields.AsSpan(0, Count).CopyTo(array.AsSpan(arrayIndex));

    public bool Remove(string key) => RemoveAt(Find(key));

    public bool Remove(KeyValuePair<string, StringValues> item) => Contains(item) && Remove(item.Key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out StringValues value)
    {
        int index = Find(key);
        value = index >= 0 ? _fields[index].Value : default;
        return index >= 0;
    }

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return _fields[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private bool RemoveAt(int index)
    {
        if (index < 0)
        {
            return false;
        }

        Count--;
        Array.Copy(_fields, index + 1, _fields, index, Count - index);
        _fields[Count] = default;
        return true;
    }

    private int Find(string key)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_fields[i].Key.Equals(key, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}
