// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Xds.Resources;

/// <summary>
/// One named resource, encoded and hashed once and then shared by every snapshot and stream. Immutable, thread safe.
/// </summary>
public sealed class XdsResource
{
    private const int VersionBytes = 16;

    // Built by the first stream that sends the resource. Two may race: the copies are equal, and one stays.
    private volatile Resource? _wrapper;

    private XdsResource(string typeUrl, string name, ByteString body, TimeSpan? ttl)
    {
        TypeUrl = typeUrl;
        Name = name;
        Body = body;
        Ttl = ttl;
        // A content hash, so that every replica and every restart give equal content an equal version (rule S8).
        // With the time to live, for a client keeps its old one as long as the version is equal.
        byte[] hash = SHA256.HashData(ttl is { } time ? [.. body.Span, .. BitConverter.GetBytes(time.Ticks)] : body.Span);
        Version = Convert.ToHexStringLower(hash.AsSpan(0, VersionBytes));
    }

    /// <summary>The URL of the type, <c>type.googleapis.com/…</c>.</summary>
    public string TypeUrl { get; }

    /// <summary>
    /// The name by which clients subscribe. It has to equal the name inside the message: Envoy files a resource under
    /// the latter and looks for the former when it is removed.
    /// </summary>
    public string Name { get; }

    /// <summary>32 hexadecimal characters: the first half of SHA-256 over <see cref="Body"/> and <see cref="Ttl"/>.</summary>
    public string Version { get; }

    /// <summary>The serialised message.</summary>
    public ByteString Body { get; }

    /// <summary>
    /// How long a client keeps the resource after it last heard of it, if it supports that; null for ever. While the server
    /// lives it sends heartbeats at half that time, so that the resource ends when the server does.
    /// </summary>
    public TimeSpan? Ttl { get; }

    /// <summary>
    /// What a node must be able to do to get this resource; empty for any node. Of several resources with one name a node gets
    /// the first, in the order of the snapshot's making, whose requirements it has.
    /// </summary>
    public ImmutableSortedSet<string> Requires { get; private init; } = [];

    /// <summary>The same resource for nodes that have all of these capabilities, beside those that it needs already.</summary>
    public XdsResource Requiring(params IEnumerable<string> capabilities) =>
        new(TypeUrl, Name, Body, Ttl) { Requires = Requires.Union(capabilities).WithComparer(StringComparer.Ordinal) };

    /// <summary>The same resource with a time to live of at least a second.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is shorter.</exception>
    public XdsResource WithTtl(TimeSpan ttl)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ttl, TimeSpan.FromSeconds(1));
        return new XdsResource(TypeUrl, Name, Body, ttl) { Requires = Requires };
    }

    /// <summary>Serialises <paramref name="message"/> deterministically.</summary>
    /// <exception cref="ArgumentException">The type URL or the name is empty.</exception>
    public static XdsResource Create(string typeUrl, string name, IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        byte[] bytes = new byte[message.CalculateSize()];
        // The IBufferWriter path of the protobuf runtime ignores Deterministic: maps would come in any order.
        using (var output = new CodedOutputStream(bytes) { Deterministic = true })
        {
            message.WriteTo(output);
        }

        return FromBytes(typeUrl, name, ByteString.CopyFrom(bytes));
    }

    /// <summary>Takes a message that is serialised already; the caller vouches that the bytes are deterministic.</summary>
    /// <exception cref="ArgumentException">The type URL or the name is empty.</exception>
    public static XdsResource FromBytes(string typeUrl, string name, ByteString body)
    {
        ArgumentException.ThrowIfNullOrEmpty(typeUrl);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(body);
        return new XdsResource(typeUrl, name, body, null);
    }

    // The body may be a secret, so it is not printed.
    /// <inheritdoc/>
    public override string ToString() => $"{TypeUrl}/{Name}#{Version}";

    /// <summary>The resource as delta responses carry it, shared by all of them: never change it.</summary>
    internal Resource Wrapper => _wrapper ??= new Resource
    {
        Name = Name,
        Version = Version,
        Resource_ = new Any { TypeUrl = TypeUrl, Value = Body },
    };

    /// <summary>The form with a time to live; without the body it is a heartbeat.</summary>
    internal Resource Wrap(string version, bool withBody) => new()
    {
        Name = Name,
        Version = version,
        Resource_ = withBody ? Wrapper.Resource_ : null,
        Ttl = Ttl is { } ttl ? Duration.FromTimeSpan(ttl) : null,
    };

    internal bool HasSameContent(XdsResource other) =>
        string.Equals(Version, other.Version, StringComparison.Ordinal)
        && string.Equals(Name, other.Name, StringComparison.Ordinal)
        && string.Equals(TypeUrl, other.TypeUrl, StringComparison.Ordinal);
}
