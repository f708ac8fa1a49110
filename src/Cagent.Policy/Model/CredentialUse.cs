// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>A credential that an entry injects into the requests which it allows, and into no others.</summary>
/// <param name="Name">A name among <see cref="ValidatedPolicy.Credentials"/>.</param>
/// <param name="Header">The header, lower case; what the agent sent in it is removed first. <c>authorization</c> for <see cref="CredentialPlace.Basic"/> and signatures, empty for <see cref="CredentialPlace.Query"/>.</param>
/// <param name="Format">The header's value: printable ASCII with exactly one <c>{value}</c>.</param>
/// <param name="InsecureCredential">True only beside <c>scheme: http</c>: the policy accepts that the value crosses the wire in clear.</param>
/// <param name="Location">Where it stands.</param>
public sealed record CredentialUse(string Name, string Header, string Format, bool InsecureCredential, SourceLocation Location)
{
    /// <summary>A <see cref="PlaceholderFormat"/> for clients that do not look.</summary>
    public const string DefaultPlaceholderFormat = "cagent_{40}";

    /// <summary>Where the value goes. Only <see cref="CredentialPlace.Header"/> has a <see cref="Header"/> of the author's choice.</summary>
    public CredentialPlace In { get; init; }

    /// <summary>Headers that carry it besides <see cref="Header"/>, in the order of the policy; mostly none.</summary>
    public ImmutableArray<CredentialHeader> MoreHeaders { get; init; } = [];

    /// <summary>Every header that carries it with its format, <see cref="Header"/> first; none with <see cref="CredentialPlace.Query"/>.</summary>
    public IEnumerable<CredentialHeader> AllHeaders => In == CredentialPlace.Query ? [] : MoreHeaders.Prepend(new CredentialHeader(Header, Format));

    /// <summary>The parameter of <see cref="CredentialPlace.Query"/>; otherwise null.</summary>
    public string? Parameter { get; init; }

    /// <summary>The user of <see cref="CredentialPlace.Basic"/>, possibly empty; otherwise null.</summary>
    public string? Username { get; init; }

    /// <summary>What is written into the request, with <c>{value}</c> for the credential, on one line for people.</summary>
    public string PlaceText => In switch
    {
        CredentialPlace.Query => $"?{Parameter}={Format}",
        CredentialPlace.Basic => $"{Header}: Basic {Username}:{Format}",
        CredentialPlace.Signature => $"{Header}: a signature",
        _ => string.Join(", ", MoreHeaders.Select(more => $"{more.Name}: {more.Format}").Prepend($"{Header}: {Format}")),
    } + (Placeholder ? $" for the agent's {PlaceholderFormat}" : "");

    /// <summary>
    /// True with a <see cref="CredentialPlace.Signature"/> that covers the body, so that the whole of it must be known before it is made. In
    /// clear always: whoever is on the way could put another body under the signature.
    /// </summary>
    public bool SignsBody { get; init; }

    /// <summary>True: only an opaque value that the agent holds, and sends in this place, is replaced.</summary>
    public bool Placeholder { get; init; }

    /// <summary>What that value looks like: fixed characters around <c>{N}</c>, which stands for N letters and digits. Of use with <see cref="Placeholder"/> only.</summary>
    public string PlaceholderFormat { get; init; } = DefaultPlaceholderFormat;
}
