// SPDX-License-Identifier: Apache-2.0
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

    [LoggerMessage(1404, LogLevel.Warning, "Folder {Folder} cannot be watched ({Reason}); changes of credential files in it are found by polling.")]
    public static partial void FolderNotWatched(ILogger logger, string folder, string reason);

    [LoggerMessage(1405, LogLevel.Error, "Reading the credential files again failed; it is tried again.")]
    public static partial void RefreshFailed(ILogger logger, Exception exception);
}
