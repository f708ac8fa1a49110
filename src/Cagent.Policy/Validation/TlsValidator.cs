// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges <c>tls</c> against the rest of an entry.</summary>
internal sealed class TlsValidator(DiagnosticBag bag)
{
    public void Validate(EntryContext context)
    {
        DomainConfig config = context.Config;
        if (context.Scheme == Scheme.Http && config.Tls is not null)
        {
            bag.Error(DiagnosticCodes.TlsOverHttp, "scheme: http has no TLS to set up", config.Tls.Location, config.Tls.KeyPath, "remove tls, or scheme");
        }

        if (context.Tls == TlsMode.Passthrough)
        {
            bool isInherited = config.Tls?.Mode is null;
            Refuse(config.Allow?.Location, config.Allow?.KeyPath, "allow", isInherited);
            Refuse(config.Deny?.Location, config.Deny?.KeyPath, "deny", isInherited);
            Refuse(config.ReadOnly is { Value: true } readOnly ? readOnly.Location : null, config.ReadOnly?.KeyPath, "read_only", isInherited);
            Refuse(config.Credential?.Location, config.Credential?.KeyPath, "credential", isInherited);
            Refuse(config.WebSocket is { Value: true } webSocket ? webSocket.Location : null, config.WebSocket?.KeyPath, "websocket", isInherited);
            Refuse(config.Timeout?.Location, config.Timeout?.KeyPath, "timeout", isInherited);
            Refuse(config.MaxRequestBody?.Location, config.MaxRequestBody?.KeyPath, "max_request_body", isInherited);
            Refuse(config.Alias?.Location, config.Alias?.KeyPath, "alias", isInherited);
            Refuse(config.Resilience?.Retries?.Location, config.Resilience?.Retries?.KeyPath, "retries", isInherited);
            Refuse(config.Tls?.TrustedCa?.Location, config.Tls?.TrustedCa?.KeyPath, "trusted_ca", isInherited);
        }
    }

    private void Refuse(SourceLocation? location, string? keyPath, string key, bool isInherited)
    {
        if (location is not null)
        {
            bag.Error(
                DiagnosticCodes.NotSeenInPassthrough,
                $"\"{key}\" cannot hold under tls: passthrough, where no byte of the request is seen",
                location, keyPath,
                isInherited ? "the mode comes from \"defaults\": set tls: intercept on this entry, or remove the key" : "set tls: intercept, or remove the key");
        }
    }
}
