// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using Envoy.Config.Core.V3;

namespace Cagent.Xds.Nodes;

/// <summary>The program that a node says it is. A claim, like everything that a node says of itself. Immutable.</summary>
/// <param name="Name">Its name, for example <c>envoy</c>; may be empty.</param>
/// <param name="Version">Major, minor and patch; null when the node says none, or something that is no such version.</param>
/// <param name="Label">What follows the version, for example <c>dev</c> of <c>1.41.0-dev</c>: a build before the release; empty for a release.</param>
public sealed partial record NodeProgram(string Name, Version? Version, string Label)
{
    /// <summary>A node that says nothing of its program.</summary>
    public static NodeProgram Unknown { get; } = new("", null, "");

    /// <summary>The version with its label, for people; empty when there is none.</summary>
    public string VersionText => Version is null ? "" : Label.Length == 0 ? Version.ToString() : $"{Version}-{Label}";

    internal static NodeProgram Of(Node node)
    {
        (Version? version, string label) = node.UserAgentVersionTypeCase switch
        {
            Node.UserAgentVersionTypeOneofCase.UserAgentBuildVersion => (Read(node.UserAgentBuildVersion), Labelled(node.UserAgentBuildVersion)),
            Node.UserAgentVersionTypeOneofCase.UserAgentVersion => Read(node.UserAgentVersion),
            _ => (null, ""),
        };
        return new NodeProgram(ClientText.Name(node.UserAgentName), version, ClientText.Name(label));
    }

    private static Version? Read(BuildVersion build) =>
        build.Version is { MajorNumber: <= int.MaxValue, MinorNumber: <= int.MaxValue, Patch: <= int.MaxValue } number
            ? new Version((int)number.MajorNumber, (int)number.MinorNumber, (int)number.Patch)
            : null;

    // Where Envoy puts it: version_info.cc, "build.label".
    private static string Labelled(BuildVersion build) =>
        build.Metadata?.Fields.TryGetValue("build.label", out var label) == true
            ? label.KindCase == Google.Protobuf.WellKnownTypes.Value.KindOneofCase.StringValue ? label.StringValue : "?"
            : "";

    private static (Version? Version, string Label) Read(string text)
    {
        Match match = TextForm().Match(text);
        return match.Success
            ? (new Version(Number(match.Groups[1]), Number(match.Groups[2]), Number(match.Groups[3])), match.Groups[4].Value)
            : (null, "");
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})(?:-([0-9A-Za-z._-]+))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex TextForm();
}
