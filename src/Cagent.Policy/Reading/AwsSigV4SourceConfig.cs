// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary><c>from: aws_sigv4</c>.</summary>
internal sealed record AwsSigV4SourceConfig(
    SourceLocation Location, string KeyPath, Located<string>? Region, Located<string>? Service, CredentialSourceConfig? AccessKeyId,
    CredentialSourceConfig? SecretAccessKey, CredentialSourceConfig? SessionToken) : CredentialSourceConfig(Location, KeyPath);
