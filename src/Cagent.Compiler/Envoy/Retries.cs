// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf.WellKnownTypes;
using RetryPolicy = Envoy.Config.Route.V3.RetryPolicy;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// What is tried again. Nothing that an upstream may have acted on, unless the method says that it changes nothing there: whether a
/// POST was lost before or after it was done, nobody can tell.
/// </summary>
internal static class Retries
{
    private const string NothingSent = "connect-failure,refused-stream,reset-before-request";

    /// <summary>Any method, while nothing was sent.</summary>
    public static RetryPolicy Unsent(EntryIr entry) => Policy(entry, NothingSent);

    /// <summary>A route, and before it, where the entry asks for retries, the same one for methods that may be tried again after an answer or a reset.</summary>
    public static IEnumerable<Route> WithSafe(Route route, EntryIr entry)
    {
        if (entry.Resilience?.Retries is > 0)
        {
            Route safe = route.Clone();
            safe.Match.Headers.Add(new HeaderMatcher { Name = ":method", StringMatch = new StringMatcher { SafeRegex = new RegexMatcher { Regex = "GET|HEAD|OPTIONS" } } });
            safe.Route_.RetryPolicy = Policy(entry, NothingSent + ",reset,gateway-error");
            yield return safe;
        }

        yield return route;
    }

    private static RetryPolicy Policy(EntryIr entry, string on) => new()
    {
        PerTryTimeout = Duration.FromTimeSpan(entry.Timeout),
        RetryOn = on,
        NumRetries = (uint)(entry.Resilience?.Retries ?? 1),
        RetryBackOff = new()
        {
            BaseInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(25)),
            MaxInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(250)),
        },
    };
}
