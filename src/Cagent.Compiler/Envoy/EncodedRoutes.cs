// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.EnvoyApi;
using Envoy.Config.Route.V3;
using Google.Protobuf;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// A route configuration, encoded, with the place of each virtual host in it. One configuration holds those of all entries, so that
/// its encoding would otherwise be most of what a small change costs. Immutable.
/// </summary>
internal sealed class EncodedRoutes
{
    private readonly ImmutableArray<Part> _parts;

    private EncodedRoutes(string name, ByteString body, ImmutableArray<Part> parts)
    {
        Resource = new EnvoyResource(name, RouteConfiguration.Descriptor, body);
        _parts = parts;
    }

    /// <summary>The whole.</summary>
    public EnvoyResource Resource { get; }

    /// <summary>Encodes; what the previous result has for a group with the same entries is taken over.</summary>
    /// <param name="frame">Everything but the virtual hosts of the groups; those it has come last.</param>
    /// <param name="groups">In the order of <see cref="VirtualHostGroup.Compare"/>.</param>
    /// <param name="emit">The virtual host of a group; it must depend on nothing else.</param>
    /// <param name="previous">Made by the same <paramref name="emit"/>, or null.</param>
    public static EncodedRoutes Emit(RouteConfiguration frame, IReadOnlyList<VirtualHostGroup> groups, Func<VirtualHostGroup, VirtualHost> emit, EncodedRoutes? previous)
    {
        // The order of fields on the wire is that of their numbers: name, virtual_hosts, all others.
        RouteConfiguration rest = frame.Clone();
        rest.Name = "";
        rest.VirtualHosts.Clear();
        ByteString head = EnvoyTypes.ToByteString(new RouteConfiguration { Name = frame.Name });
        ByteString[] last = [.. frame.VirtualHosts.Select(Wrap), EnvoyTypes.ToByteString(rest)];

        ImmutableArray<Part>.Builder parts = ImmutableArray.CreateBuilder<Part>(groups.Count);
        List<ReadOnlyMemory<byte>> pieces = new(groups.Count + 4) { head.Memory };
        int length = head.Length;
        int old = 0;
        foreach (VirtualHostGroup group in groups)
        {
            while (old < previous?._parts.Length && VirtualHostGroup.Compare(previous._parts[old].Group, group) < 0)
            {
                old++;
            }

            bool isKnown = old < previous?._parts.Length && previous._parts[old].Group.HasSameContent(group);
            ReadOnlyMemory<byte> piece = isKnown ? previous!.BytesOf(previous._parts[old]) : Wrap(emit(group)).Memory;
            parts.Add(new Part(group, length, piece.Length));
            pieces.Add(piece);
            length += piece.Length;
        }

        pieces.AddRange(last.Select(piece => piece.Memory));
        return new EncodedRoutes(frame.Name, Join(pieces), parts.MoveToImmutable());
    }

    private ReadOnlyMemory<byte> BytesOf(Part part) => Resource.Body.Memory.Slice(part.Offset, part.Length);

    /// <summary>A configuration with this one host and nothing else: concatenated messages are merged, so these are the bytes inside a larger one.</summary>
    private static ByteString Wrap(VirtualHost host) => EnvoyTypes.ToByteString(new RouteConfiguration { VirtualHosts = { host } });

    private static ByteString Join(List<ReadOnlyMemory<byte>> pieces)
    {
        byte[] body = new byte[pieces.Sum(piece => piece.Length)];
        int offset = 0;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            piece.Span.CopyTo(body.AsSpan(offset));
            offset += piece.Length;
        }

        // Nobody else has the array, and a copy of tens of megabytes at each change is felt.
        return UnsafeByteOperations.UnsafeWrap(body);
    }

    private readonly record struct Part(VirtualHostGroup Group, int Offset, int Length);
}
