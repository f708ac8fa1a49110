// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>A signature of AWS, version 4, over each request.</summary>
/// <param name="Name">The name that entries use.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Region">Such as <c>eu-central-1</c>.</param>
/// <param name="Service">Such as <c>bedrock</c>.</param>
/// <param name="AccessKeyId">Where the access key id comes from.</param>
/// <param name="SecretAccessKey">Where the secret access key comes from.</param>
/// <param name="SessionToken">Where the session token comes from, or null.</param>
public sealed record AwsSigV4CredentialSource(
    string Name, SourceLocation Location, string Region, string Service, CredentialSource AccessKeyId, CredentialSource SecretAccessKey, CredentialSource? SessionToken) : CredentialSource(Name, Location);
