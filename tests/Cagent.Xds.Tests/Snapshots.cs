// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Xds.Resources;
using Google.Protobuf;

namespace Cagent.Xds.Tests;

/// <summary>Snapshots from short words: <c>"cds/a=1"</c> is the cluster <c>a</c> with the content <c>1</c>.</summary>
internal static class Snapshots
{
    public static XdsSnapshot Of(string revision, params string[] resources) =>
        XdsSnapshot.Create(revision, resources.Select(Resource));

    public static XdsResource Resource(string text)
    {
        string[] parts = text.Split('/', '=');
        return XdsResource.FromBytes(Type(parts[0]).TypeUrl, parts[1], ByteString.CopyFrom(Encoding.UTF8.GetBytes(parts[1] + "=" + parts[2])));
    }

    public static XdsType Type(string shortName) => XdsType.SendOrder.Single(type => type.ShortName == shortName);

    public static string Version(string text) => Resource(text).Version;
}
