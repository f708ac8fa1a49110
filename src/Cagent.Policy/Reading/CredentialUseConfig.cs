// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>The <c>credential</c> of an entry.</summary>
internal sealed record CredentialUseConfig(
    SourceLocation Location, string KeyPath, Located<string>? Use, Located<string>? Header, Located<string>? Format, Located<bool>? InsecureCredential);
