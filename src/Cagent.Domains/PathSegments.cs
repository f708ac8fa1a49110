// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Domains;

/// <summary>Walks the segments of a path under one reading, without allocating.</summary>
internal ref struct PathSegments
{
    private readonly PathReading _reading;
    private ReadOnlySpan<char> _rest;
    private bool _isAtEnd;

    public PathSegments(ReadOnlySpan<char> path, PathReading reading)
    {
        _reading = reading;
        if ((reading & PathReading.WithoutTrailingSlash) != 0 && path.Length > 1 && path[^1] == '/')
        {
            path = path[..^1];
        }

        _rest = path.IsEmpty ? path : path[1..];
        _isAtEnd = path.IsEmpty;
        Current = default;
    }

    public ReadOnlySpan<char> Current { get; private set; }

    public bool MoveNext()
    {
        bool isFound = Advance();
        while (isFound && Current.IsEmpty && (_reading & PathReading.WithoutEmptySegments) != 0 && (!_isAtEnd || (_reading & PathReading.WithoutTrailingSlash) != 0))
        {
            isFound = Advance();
        }

        return isFound;
    }

    private bool Advance()
    {
        if (_isAtEnd)
        {
            return false;
        }

        int length = FindSeparator(out int separatorLength);
        _isAtEnd = length < 0;
        Current = _isAtEnd ? _rest : _rest[..length];
        _rest = _isAtEnd ? default : _rest[(length + separatorLength)..];
        if ((_reading & PathReading.WithoutParameters) != 0)
        {
            int parameters = IndexOfParameters(Current);
            Current = parameters < 0 ? Current : Current[..parameters];
        }

        return true;
    }

    private readonly int FindSeparator(out int separatorLength)
    {
        separatorLength = 1;
        int slash = _rest.IndexOf('/');
        int escaped = (_reading & PathReading.SlashDecoded) != 0 ? _rest.IndexOf("%2f", StringComparison.OrdinalIgnoreCase) : -1;
        if (escaped >= 0 && (slash < 0 || escaped < slash))
        {
            separatorLength = 3;
            return escaped;
        }

        return slash;
    }

    private static int IndexOfParameters(ReadOnlySpan<char> segment)
    {
        int raw = segment.IndexOf(';');
        int escaped = segment.IndexOf("%3b", StringComparison.OrdinalIgnoreCase);
        return raw < 0 ? escaped : escaped < 0 ? raw : Math.Min(raw, escaped);
    }
}
