// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Cagent.Xds.Csds;

/// <summary>
/// The nodes that a status request is about: those that any of its matchers fits, all nodes without a matcher. A matcher fits
/// when its id and all of its metadata do. Immutable.
/// </summary>
internal sealed class NodeFilter
{
    private const int MaxMatchers = 64;
    private const int MaxDepth = 8;
    private readonly List<Func<Node, bool>> _matchers;

    private NodeFilter(List<Func<Node, bool>> matchers) => _matchers = matchers;

    /// <exception cref="RpcException">INVALID_ARGUMENT: a matcher is not complete, not known, or there are too many.</exception>
    public static NodeFilter Create(IReadOnlyCollection<NodeMatcher> matchers) => matchers.Count > MaxMatchers
        ? throw Invalid("too many node_matchers")
        : new NodeFilter([.. matchers.Select(Create)]);

    public bool Fits(Node node) => _matchers.Count == 0 || _matchers.Exists(matcher => matcher(node));

    internal static RpcException Invalid(string text) => new(new Status(StatusCode.InvalidArgument, text));

    private static Func<Node, bool> Create(NodeMatcher matcher)
    {
        if ((matcher.NodeId is null && matcher.NodeMetadatas.Count == 0) || matcher.NodeMetadatas.Count > MaxMatchers)
        {
            throw Invalid("a node matcher needs node_id or node_metadatas, and not too many");
        }

        Func<string, bool>? id = matcher.NodeId is { } wanted ? TextFilter.Create(wanted) : null;
        Func<Struct?, bool>[] metadata = [.. matcher.NodeMetadatas.Select(Create)];
        return node => (id is null || id(node.Id)) && Array.TrueForAll(metadata, fits => fits(node.Metadata));
    }

    private static Func<Struct?, bool> Create(StructMatcher matcher)
    {
        string[] path = [.. matcher.Path.Select(segment => segment.Key)];
        if (path.Length is 0 or > MaxMatchers || matcher.Value is null)
        {
            throw Invalid("a metadata matcher needs a path and a value");
        }

        Func<Value?, bool> fits = Create(matcher.Value, MaxDepth);
        return metadata => fits(Find(metadata, path));
    }

    private static Value? Find(Struct? metadata, string[] path)
    {
        Value? value = null;
        foreach (string key in path)
        {
            value = null;
            if (metadata is null || !metadata.Fields.TryGetValue(key, out value))
            {
                return null;
            }

            metadata = value.KindCase == Value.KindOneofCase.StructValue ? value.StructValue : null;
        }

        return value;
    }

    private static Func<Value?, bool> Create(ValueMatcher matcher, int depth)
    {
        if (depth == 0)
        {
            throw Invalid("a value matcher is nested too deeply");
        }

        switch (matcher.MatchPatternCase)
        {
            case ValueMatcher.MatchPatternOneofCase.NullMatch:
                return value => value?.KindCase == Value.KindOneofCase.NullValue;
            case ValueMatcher.MatchPatternOneofCase.StringMatch:
                Func<string, bool> text = TextFilter.Create(matcher.StringMatch);
                return value => value?.KindCase == Value.KindOneofCase.StringValue && text(value.StringValue);
            case ValueMatcher.MatchPatternOneofCase.BoolMatch:
                return value => value?.KindCase == Value.KindOneofCase.BoolValue && value.BoolValue == matcher.BoolMatch;
            case ValueMatcher.MatchPatternOneofCase.PresentMatch:
                return value => value is not null == matcher.PresentMatch;
            case ValueMatcher.MatchPatternOneofCase.ListMatch when matcher.ListMatch.OneOf is { } oneOf:
                Func<Value?, bool> element = Create(oneOf, depth - 1);
                return value => value?.KindCase == Value.KindOneofCase.ListValue && value.ListValue.Values.Any(element);
            case ValueMatcher.MatchPatternOneofCase.OrMatch when matcher.OrMatch.ValueMatchers.Count is > 0 and <= MaxMatchers:
                Func<Value?, bool>[] any = [.. matcher.OrMatch.ValueMatchers.Select(one => Create(one, depth - 1))];
                return value => Array.Exists(any, fits => fits(value));
            default:
                throw Invalid("a value matcher is not complete or not known");
        }
    }
}
