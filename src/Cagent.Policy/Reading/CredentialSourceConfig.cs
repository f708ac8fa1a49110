// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>A credential's source as written; null members are absent or could not be read.</summary>
internal abstract record CredentialSourceConfig(SourceLocation Location, string KeyPath);
