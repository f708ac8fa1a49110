// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>A request before it takes the form of its variant.</summary>
internal sealed record DriverRequest(string TypeUrl)
{
    public Node? Node { get; init; }

    /// <summary>SotW: every wanted name.</summary>
    public IReadOnlyCollection<string> Names { get; init; } = [];

    public string Version { get; init; } = "";

    public IReadOnlyCollection<string> Subscribe { get; init; } = [];

    public IReadOnlyCollection<string> Unsubscribe { get; init; } = [];

    public IReadOnlyDictionary<string, string> Held { get; init; } = ImmutableDictionary<string, string>.Empty;

    public string Nonce { get; init; } = "";

    public string? Error { get; init; }

    public DiscoveryRequest ToSotw()
    {
        DiscoveryRequest request = new() { TypeUrl = TypeUrl, VersionInfo = Version, ResponseNonce = Nonce, Node = Node };
        request.ResourceNames.Add(Names);
        request.ErrorDetail = Error is null ? null : new Google.Rpc.Status { Code = 13, Message = Error };
        return request;
    }

    public DeltaDiscoveryRequest ToDelta()
    {
        DeltaDiscoveryRequest request = new() { TypeUrl = TypeUrl, ResponseNonce = Nonce, Node = Node };
        request.ResourceNamesSubscribe.Add(Subscribe);
        request.ResourceNamesUnsubscribe.Add(Unsubscribe);
        request.InitialResourceVersions.Add(Held.ToDictionary());
        request.ErrorDetail = Error is null ? null : new Google.Rpc.Status { Code = 13, Message = Error };
        return request;
    }
}

/// <summary>A response of either variant. Content is a text such as <c>A=v1</c>.</summary>
/// <param name="Type">The short name of its type.</param>
/// <param name="Nonce">Its nonce.</param>
/// <param name="Version">SotW: the version of all of it.</param>
/// <param name="Content">The texts of its resources in ordinal order.</param>
/// <param name="Versions">Delta: version by name.</param>
/// <param name="Removed">Delta: the removed names in ordinal order.</param>
internal sealed record DriverResponse(
    string Type, string Nonce, string Version, string Content, IReadOnlyDictionary<string, string> Versions, string Removed)
{
    public static DriverResponse FromSotw(DiscoveryResponse response) => new(
        ShortName(response.TypeUrl), response.Nonce, response.VersionInfo, Texts(response.TypeUrl, response.Resources),
        ImmutableDictionary<string, string>.Empty, "");

    public static DriverResponse FromDelta(DeltaDiscoveryResponse response) => new(
        ShortName(response.TypeUrl), response.Nonce, "", Texts(response.TypeUrl, response.Resources.Select(resource => resource.Resource_)),
        response.Resources.ToDictionary(resource => resource.Name, resource => resource.Version),
        string.Join(' ', response.RemovedResources.Order(StringComparer.Ordinal)));

    private static string Texts(string typeUrl, IEnumerable<Any> resources)
    {
        Any[] all = [.. resources];
        Assert.All(all, any => Assert.Equal(typeUrl, any.TypeUrl));
        return string.Join(' ', all.Select(any => any.Value.ToStringUtf8()).Order(StringComparer.Ordinal));
    }

    private static string ShortName(string typeUrl)
    {
        Assert.True(Cagent.Xds.Resources.XdsType.TryFind(typeUrl, out Cagent.Xds.Resources.XdsType? type), typeUrl);
        return type!.ShortName;
    }
}
