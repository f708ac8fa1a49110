// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>What sets services of AWS apart when requests to them are signed.</summary>
public static class AwsServices
{
    /// <summary>
    /// Whether the service is one of S3: it compares paths encoded once, not twice, and takes a signature that does not cover the body
    /// (<c>UNSIGNED-PAYLOAD</c>).
    /// </summary>
    /// <param name="service">The service as it stands in signatures.</param>
    public static bool IsObjectStore(string service) => service is "s3" or "s3-object-lambda" or "s3-outposts";
}
