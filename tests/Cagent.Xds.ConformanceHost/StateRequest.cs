// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;
using Cagent.Xds.Resources;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Xds.ConformanceHost;

/// <summary>The body of <c>POST /state</c>.</summary>
/// <param name="Node">A node's id, or <c>*</c>.</param>
/// <param name="Resources">The resources by type URL.</param>
internal sealed record StateRequest(
    [property: JsonPropertyName("node")] string? Node,
    [property: JsonPropertyName("resources")] Dictionary<string, StateResource[]>? Resources)
{
    /// <exception cref="FormatException">A resource is unreadable; the message names it.</exception>
    public IReadOnlyList<XdsResource> Read()
    {
        List<XdsResource> all = [];
        foreach ((string typeUrl, StateResource[] resources) in Resources ?? [])
        {
            if (!XdsType.TryFind(typeUrl, out _))
            {
                throw new FormatException($"unknown type {typeUrl}");
            }

            all.AddRange(resources.Select(resource => resource.Read(typeUrl)));
        }

        return all;
    }
}

/// <summary>One resource. The hint of a version is not used: versions are hashes of the content.</summary>
internal sealed record StateResource(
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("version_hint")] string? VersionHint,
    [property: JsonPropertyName("any")] string? Any)
{
    public XdsResource Read(string typeUrl)
    {
        if (string.IsNullOrEmpty(Name) || Any is null)
        {
            throw new FormatException($"a resource of {typeUrl} has no name or no any");
        }

        Any any;
        try
        {
            any = Google.Protobuf.WellKnownTypes.Any.Parser.ParseFrom(Convert.FromBase64String(Any));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new FormatException($"{typeUrl}/{Name} is no google.protobuf.Any", exception);
        }

        return any.TypeUrl == typeUrl
            ? XdsResource.FromBytes(typeUrl, Name, any.Value)
            : throw new FormatException($"{typeUrl}/{Name} holds a {any.TypeUrl}");
    }
}
