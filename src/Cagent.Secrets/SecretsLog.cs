// SPDX-License-Identifier: Apache-2.0
using Cagent.Secrets.Interception;
using Microsoft.Extensions.Logging;

namespace Cagent.Secrets;

/// <summary>Log events 1400 to 1499. No event has a parameter that could hold a credential, a key or text that an agent sent.</summary>
internal static partial class SecretsLog
{
    [LoggerMessage(1400, LogLevel.Information, "Credential {Credential} is available (known before: {WasKnown}).")]
    public static partial void CredentialAvailable(ILogger logger, string credential, bool wasKnown);

    [LoggerMessage(1401, LogLevel.Warning, "Credential {Credential} is unavailable: {Problem}. Requests that need it are denied.")]
    public static partial void CredentialUnavailable(ILogger logger, string credential, string problem);

    [LoggerMessage(1402, LogLevel.Information, "Credential {Credential} is no longer part of the policy.")]
    public static partial void CredentialRemoved(ILogger logger, string credential);

    [LoggerMessage(1403, LogLevel.Warning, "The file of credential {Credential} can be read by every user of this machine; run chmod o-r on it.")]
    public static partial void CredentialWorldReadable(ILogger logger, string credential);

    [LoggerMessage(1405, LogLevel.Error, "Reading the credential files again failed; it is tried again.")]
    public static partial void RefreshFailed(ILogger logger, Exception exception);

    [LoggerMessage(1430, LogLevel.Warning, "Fetching credential {Credential} from {Source} failed: {Problem}. The value of before is used until {UsableUntil:u}.")]
    public static partial void FetchFailed(ILogger logger, string credential, string source, string problem, DateTimeOffset usableUntil);

    [LoggerMessage(1431, LogLevel.Information, "Fetching credential {Credential} from {Source} works again, after {Failures} failures.")]
    public static partial void FetchRecovered(ILogger logger, string credential, string source, int failures);

    [LoggerMessage(1432, LogLevel.Warning, "The source {Target} has failed again and again; nobody asks it for {Seconds} s.")]
    public static partial void CircuitOpened(ILogger logger, string target, long seconds);

    [LoggerMessage(1433, LogLevel.Information, "The source {Target} answers again.")]
    public static partial void CircuitClosed(ILogger logger, string target);

    [LoggerMessage(1434, LogLevel.Error, "Fetching credential {Credential} ended with a {Exception}, which is a bug of Cagent; it is tried again.")]
    public static partial void FetcherFailed(ILogger logger, string credential, string exception);

    [LoggerMessage(1410, LogLevel.Information, "Made the interception CA {Path}: {Subject}, SHA-256 {Fingerprint}, valid until {NotAfter:u}.")]
    public static partial void CaCreated(ILogger logger, string path, string subject, string fingerprint, DateTime notAfter);

    [LoggerMessage(1411, LogLevel.Information, "Using the interception CA {Path}: {Subject}, SHA-256 {Fingerprint}, valid until {NotAfter:u}.")]
    public static partial void CaOpened(ILogger logger, string path, string subject, string fingerprint, DateTime notAfter);

    [LoggerMessage(1412, LogLevel.Warning, "The trusted CA {Path} has expired and is left out of the bundle; delete the file.")]
    public static partial void TrustedCaExpired(ILogger logger, string path);

    [LoggerMessage(1413, LogLevel.Information, "Wrote {Path}: {OwnCount} interception CA(s) and {PublicCount} public roots of {Source}.")]
    public static partial void BundleWritten(ILogger logger, string path, int ownCount, int publicCount, string source);

    [LoggerMessage(1414, LogLevel.Warning, "No public roots were found; {Path} holds the interception CA alone, so agents that use it cannot verify pass-through hosts. Install ca-certificates or set SSL_CERT_FILE.")]
    public static partial void NoPublicRoots(ILogger logger, string path);

    [LoggerMessage(1415, LogLevel.Information, "The interception CA is now {Subject}, SHA-256 {Fingerprint}; every leaf is made anew.")]
    public static partial void CaTaken(ILogger logger, string subject, string fingerprint);

    [LoggerMessage(1416, LogLevel.Error, "The CA folder changed and cannot be used: {Problem}. The CA in force stays; it is tried again.")]
    public static partial void CaNotTaken(ILogger logger, string problem);

    [LoggerMessage(1420, LogLevel.Debug, "Minted a leaf for {Host}, valid until {NotAfter:u}.")]
    public static partial void LeafMinted(ILogger logger, string host, DateTimeOffset notAfter);

    [LoggerMessage(1421, LogLevel.Debug, "Refused a leaf: {Refusal}.")]
    public static partial void LeafRefused(ILogger logger, LeafRefusal refusal);

    [LoggerMessage(1422, LogLevel.Error, "The interception CA has expired or cannot sign; handshakes for {Host} fail. Rotate the CA.")]
    public static partial void LeafNotMinted(ILogger logger, string host);

    [LoggerMessage(1423, LogLevel.Error, "Minting or renewing leaves failed; it is tried again.")]
    public static partial void MintingFailed(ILogger logger, Exception exception);

    [LoggerMessage(1424, LogLevel.Debug, "Renewed {Count} leaves.")]
    public static partial void LeavesRenewed(ILogger logger, int count);

    [LoggerMessage(1425, LogLevel.Debug, "Dropped {Count} leaves ({Cause}).")]
    public static partial void LeavesRemoved(ILogger logger, int count, string cause);
}
