// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Language;

/// <summary>Texts with a form. The patterns let every valid text pass, so that an editor never marks what would load.</summary>
internal static class TextShapes
{
    public const string CredentialNamePattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";

    // Before the shapes: static fields are set in the order of the file.
    private static readonly string Methods = $"(?:{string.Join('|', MethodSet.Any.Methods)})";

    public static readonly TextShape Any = new();

    public static readonly TextShape Host = new("a host, or `*.` or `**.` before one", @"^(?:\*{1,2}\.)?[^\s*/@_?#%$\\\[\]{}]+$", DiagnosticCodes.BadHost);

    public static readonly TextShape Rule = new(
        "a rule `METHOD[,METHOD…] PATH`", $@"^(?:\*|{Methods}(?:,{Methods})*) /[^\s?#""<>^`{{}}|\\]*$", DiagnosticCodes.BadRule);

    public static readonly TextShape Path = new("the path of a file, relative to the file that names it", @"^(?!~)[^\u0000-\u001f]{0,4095}[^/\u0000-\u001f]$", DiagnosticCodes.BadPath);

    public static readonly TextShape LayerPath = new("a path below the folder of the first file, relative to the file that names it", null, DiagnosticCodes.BadLayerPath);

    public static readonly TextShape Url = new("an https URL", @"^https?://[^\s/?#@]+(?:[/?][^\s#]*)?$", DiagnosticCodes.BadUrl);

    public static readonly TextShape Variable = new("the name of an environment variable", "^[A-Za-z_][A-Za-z0-9_]{0,254}$", DiagnosticCodes.BadCredentialSource);

    public static readonly TextShape CredentialName = new("the name of a credential", null, DiagnosticCodes.UndefinedCredential);

    public static readonly TextShape AddressBlock = new("a block of addresses", "^[0-9A-Fa-f.:]+/[0-9]{1,3}$", DiagnosticCodes.BadAddress);

    public static readonly TextShape Resolver = new(
        "`ADDRESS`, `ADDRESS:PORT` or `[IPv6]:PORT`", @"^(?:\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?|[0-9A-Fa-f:.]+)$", DiagnosticCodes.BadResolver);

    public static readonly TextShape Scope = new("a scope", @"^[!#-\[\]-~]+$", DiagnosticCodes.BadCredentialSource);
}
