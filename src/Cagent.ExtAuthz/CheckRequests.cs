// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Cagent.Compiler.Envoy;
using System.Text;
using Cagent.ControlPlane.Credentials;
using Envoy.Service.Auth.V3;
using Grpc.Core;
using HeaderValue = Envoy.Config.Core.V3.HeaderValue;
using HttpRequest = Envoy.Service.Auth.V3.AttributeContext.Types.HttpRequest;

namespace Cagent.ExtAuthz;

/// <summary>Envoy's question in our words.</summary>
internal static class CheckRequests
{
    /// <summary>What Envoy writes for a filter state that is not there.</summary>
    private const string Missing = "-";

    public static AuthzRequest ToRequest(CheckRequest request, Metadata metadata)
    {
        AttributeContext attributes = request.Attributes ?? new AttributeContext();
        HttpRequest http = attributes.Request?.Http ?? new HttpRequest();
        (string? source, string? mark) = Split(State(metadata, "x-cagent-source"));
        return new AuthzRequest
        {
            Hop = attributes.ContextExtensions.TryGetValue("hop", out string? hop) ? ParseHop(hop) : AuthzHop.Unknown,
            Entry = attributes.ContextExtensions.TryGetValue("entry", out string? entry) ? entry : null,
            Source = source,
            Identity = mark ?? State(metadata, "x-cagent-identity"),
            ProxyAuthorization = Header(http, "proxy-authorization") is { } presented ? new Secret(presented) : null,
            Presented = State(metadata, "x-cagent-presented") is { } value ? new Secret(value) : null,
            Agent = State(metadata, "x-cagent-agent"),
            Connect = State(metadata, "x-cagent-connect"),
            Connection = State(metadata, "x-cagent-connection"),
            RequestId = State(metadata, "x-cagent-request") ?? "",
            Method = http.Method,
            Authority = http.Host,
            Path = http.Path,
            Sni = attributes.TlsSession?.Sni,
            Scheme = http.Scheme is { Length: > 0 } scheme ? scheme : null,
            Upgrade = Header(http, "upgrade"),
            AmzHeaders = SignedHeaders(http),
            Body = attributes.ContextExtensions.ContainsKey("body") ? BodyOf(http) : (ReadOnlyMemory<byte>?)null, // an untyped null would be an empty body
            BodyLength = Header(http, "content-length") is not { } length ? 0
                : long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : long.MaxValue,
        };
    }

    /// <summary>
    /// An agent's name and its mark. What has an <c>@</c> is no agent's name but for the quarantine, and stays whole: parts of it may be words
    /// that a client chose.
    /// </summary>
    private static (string? Source, string? Mark) Split(string? source) =>
        source?.LastIndexOf(EnvoyNames.MarkSeparator) is int at and >= 0 && (source.StartsWith(EnvoyNames.QuarantinedSource, StringComparison.Ordinal) || !source.Contains('@', StringComparison.Ordinal))
            ? (source[..at], source[(at + 1)..])
            : (source, null);

    private static ImmutableArray<KeyValuePair<string, string>> SignedHeaders(HttpRequest http)
    {
        ImmutableArray<KeyValuePair<string, string>>.Builder? found = null;
        foreach (HeaderValue header in http.HeaderMap?.Headers ?? [])
        {
            if (header.Key.StartsWith("x-amz-", StringComparison.Ordinal) || header.Key is "content-type" or "content-md5")
            {
                (found ??= ImmutableArray.CreateBuilder<KeyValuePair<string, string>>()).Add(new(header.Key, Text(header)));
            }
        }

        return found?.ToImmutable() ?? [];
    }

    /// <summary>Envoy 1.40 heeds <c>pack_as_bytes</c> of the filter and not of a route, and then hands bodies over as text.</summary>
    private static ReadOnlyMemory<byte> BodyOf(HttpRequest http) => http.RawBody.IsEmpty ? Encoding.UTF8.GetBytes(http.Body) : http.RawBody.Memory;

    private static string Text(HeaderValue header) => header.RawValue.IsEmpty ? header.Value : header.RawValue.ToStringUtf8();

    private static AuthzHop ParseHop(string hop) => hop switch
    {
        "connect" => AuthzHop.Connect,
        "plain" => AuthzHop.Plain,
        "web" => AuthzHop.Web,
        "deny" => AuthzHop.Deny,
        _ => AuthzHop.Unknown,
    };

    /// <summary>A value that occurs twice is nobody's: two identities are none.</summary>
    private static string? State(Metadata metadata, string key)
    {
        string? value = null;
        foreach (Metadata.Entry entry in metadata)
        {
            if (entry.Key == key)
            {
                if (value is not null)
                {
                    return null;
                }

                value = entry.Value;
            }
        }

        return value is null or "" or Missing ? null : value;
    }

    /// <summary>All values of a header, as one list: what two servers could read differently must not look like one value.</summary>
    private static string? Header(HttpRequest http, string name)
    {
        string? value = null;
        foreach (HeaderValue header in http.HeaderMap?.Headers ?? [])
        {
            if (header.Key == name)
            {
                string text = Text(header);
                value = value is null ? text : $"{value},{text}";
            }
        }

        return value;
    }
}
