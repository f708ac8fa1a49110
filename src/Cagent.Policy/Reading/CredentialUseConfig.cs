// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>The <c>credential</c> of an entry.</summary>
internal sealed record CredentialUseConfig(
    SourceLocation Location, string KeyPath, Located<string>? Use, Located<string>? Header, Located<string>? Format, Located<bool>? InsecureCredential)
{
    /// <summary>Several headers, each with its format, in the place of one.</summary>
    public Located<ImmutableArray<NamedText>>? Headers { get; init; }

    public Located<CredentialPlace>? In { get; init; }

    public Located<string>? Parameter { get; init; }

    public Located<string>? Username { get; init; }

    public Located<bool>? Placeholder { get; init; }

    public Located<string>? PlaceholderFormat { get; init; }
}
