// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Envoy;
using Cagent.Compiler.Limits;
using Cagent.Policy.Model;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Envoy.Config.Core.V3;
using Envoy.Service.Auth.V3;
using Envoy.Type.V3;
using Google.Protobuf.WellKnownTypes;
using AppendAction = Envoy.Config.Core.V3.HeaderValueOption.Types.HeaderAppendAction;
using RpcStatus = Google.Rpc.Status;

namespace Cagent.ExtAuthz;

/// <summary>Our answer in Envoy's words. The one place where a credential is revealed.</summary>
internal static class CheckResponses
{
    private const int Ok = 0;
    private const int PermissionDenied = 7;

    /// <summary>Seconds. Names come free one by one, each some minutes after its last use.</summary>
    private const string NamesRetryAfter = "60";

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="decision">The answer.</param>
    /// <param name="request">The question.</param>
    /// <param name="revision">The revision that decided, for the log.</param>
    /// <param name="now">When a signature is made.</param>
    public static CheckResponse From(Decision decision, AuthzRequest request, string revision, DateTimeOffset now)
    {
        CheckResponse response = decision switch
        {
            Decision.Allowed allowed => Allow(allowed, request, now),
            Decision.Denied denied => Deny(denied, request),
            _ => Deny(new Decision.Denied(null, null, DenyReason.PolicyUnavailable, "No decision."), request),
        };
        response.DynamicMetadata = Describe(decision, revision);
        return response;
    }

    private static CheckResponse Allow(Decision.Allowed allowed, AuthzRequest request, DateTimeOffset now)
    {
        OkHttpResponse ok = new() { HeadersToRemove = { allowed.Removals } };
        foreach (Injection injection in allowed.Injections)
        {
            ok.Headers.Add(Header(injection.Header, injection.Reveal()));
        }

        if (allowed.BudgetWarning is { } warning)
        {
            ok.ResponseHeadersToAdd.Add(Header("x-cagent-budget-warning", warning));
        }

        if (allowed.Signature is { } signature)
        {
            ok.Headers.Add(signature.Headers(now).Select(header => Header(header.Key, header.Value)));
            if (signature.Request.Target != request.Path)
            {
                ok.Headers.Add(Header(":path", signature.Request.Target));
            }
        }

        return new CheckResponse { Status = new RpcStatus { Code = Ok }, OkResponse = ok };
    }

    private static CheckResponse Deny(Decision.Denied denied, AuthzRequest request)
    {
        string reason = denied.Reason.WireName();
        bool isChallenge = denied.Reason == DenyReason.AgentUnknown && !request.IsInside && request.Source?.StartsWith(EnvoyNames.UnknownSource, StringComparison.Ordinal) is not true;
        DeniedHttpResponse response = new()
        {
            // Inside a tunnel, and where connections are redirected, it is not the proxy that is spoken to: no client would know what to do about a 407.
            Status = new HttpStatus { Code = isChallenge || denied.Reason != DenyReason.AgentUnknown ? (StatusCode)denied.Reason.Status() : StatusCode.Forbidden },
            Headers = { Header("content-type", "application/json"), Header("x-cagent-denied", reason) },
        };
        JsonObject body = new() { ["error"] = "denied", ["reason"] = reason, ["id"] = request.RequestId, ["hint"] = denied.Hint };
        if (denied.ResetsAt is { } resetsAt)
        {
            body["resets_at"] = Time(resetsAt);
        }

        response.Body = body.ToJsonString(Json);
        if (denied.RetryAfter is { } seconds)
        {
            response.Headers.Add(Header("retry-after", seconds.ToString(CultureInfo.InvariantCulture)));
        }

        if (isChallenge)
        {
            response.Headers.Add(Header("proxy-authenticate", "Basic realm=\"cagent\""));
        }

        if (denied.Reason == DenyReason.RateLimited)
        {
            response.Headers.Add(Header("retry-after", NamesRetryAfter));
        }

        return new CheckResponse { Status = new RpcStatus { Code = PermissionDenied }, DeniedResponse = response };
    }

    /// <summary>A moment, as JSON has it.</summary>
    public static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>What the access log, and the identity filter of the outer hop, read.</summary>
    private static Struct Describe(Decision decision, string revision)
    {
        Struct metadata = new() { Fields = { ["revision"] = Value.ForString(revision) } };
        Add(metadata, "agent", decision.Agent);
        Add(metadata, "entry", decision.Entry);
        if (decision is Decision.Allowed { Route: not null })
        {
            Add(metadata, "known", "agent"); // the one value that Envoy's rules for everybody demand
            Add(metadata, "route", decision.Route);
            Add(metadata, "identity", decision.Identity is "" ? null : decision.Identity);
        }

        Add(metadata, "rule", (decision as Decision.Allowed)?.Rule);
        Add(metadata, "reason", (decision as Decision.Denied)?.Reason.WireName());
        if (decision is Decision.Allowed allowed)
        {
            DescribeLimit(metadata, allowed);
            Add(metadata, BudgetMetadata.Counted, allowed.IsCounted ? BudgetMetadata.IsCounted : null);
            Add(metadata, SlotMetadata.Slot, allowed.Slot);
            // For the proxy's search of the response: names and lengths, no value.
            Add(metadata, "injected", allowed.Injections.IsEmpty ? null : string.Join(' ', allowed.Injections.Select(injection => injection.Whereabouts)));
        }

        return metadata;
    }

    /// <summary>The bucket of the request. The proxy lets nothing through of which it is not told that nothing limits it.</summary>
    private static void DescribeLimit(Struct metadata, Decision.Allowed allowed)
    {
        Add(metadata, RateLimitMetadata.Class, allowed.RateLimit is { IsGlobal: false } own ? own.Class : RateLimitMetadata.NoLimit);
        if (allowed.RateLimit is { } limit)
        {
            Add(metadata, limit.IsGlobal ? RateLimitMetadata.GlobalClass : RateLimitMetadata.Class, limit.Class);
            Add(metadata, limit.IsGlobal ? RateLimitMetadata.GlobalAgent : RateLimitMetadata.Agent, limit.Key == RateLimitKey.Domain ? RateLimitMetadata.Everybody : allowed.Agent);
            Add(metadata, limit.IsGlobal ? RateLimitMetadata.GlobalEntry : RateLimitMetadata.Entry, limit.BucketEntry);
        }
    }

    private static void Add(Struct metadata, string key, string? value)
    {
        if (value is not null)
        {
            metadata.Fields[key] = Value.ForString(value);
        }
    }

    private static HeaderValueOption Header(string key, string value) => new()
    {
        Header = new HeaderValue { Key = key, Value = value },
        AppendAction = AppendAction.OverwriteIfExistsOrAdd,
    };
}
