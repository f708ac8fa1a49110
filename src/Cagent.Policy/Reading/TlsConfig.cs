// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>A <c>tls</c> value, scalar or mapping.</summary>
internal sealed record TlsConfig(SourceLocation Location, string KeyPath, Located<TlsMode>? Mode, Located<string>? TrustedCa);
