// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>One item of <c>profiles</c>.</summary>
internal sealed record ProfileUseConfig(SourceLocation Location, string KeyPath, Located<string> Use, ImmutableArray<NamedText> Arguments);
