// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Client.Diagnostics;

/// <summary>The span of one call, and the context that the server receives. Nothing when nobody listens and no context is there.</summary>
internal sealed class ClientSpan
{
    private static readonly ActivitySource s_source = new("Cagent.Grpc");

    private readonly Activity? _own;
    private readonly Activity? _context;

    private ClientSpan(Activity? own, Activity? context)
    {
        _own = own;
        _context = context;
    }

    public static ClientSpan? Start(string method, string serverAddress)
    {
        Activity? ambient = Activity.Current;
        Activity? own = s_source.HasListeners() ? StartOwn(method, serverAddress) : null;

        // The caller goes on while the call runs, so the call's span must not become the parent of what the caller does next.
        Activity.Current = ambient;
        return own is null && ambient is null ? null : new ClientSpan(own, own ?? ambient);
    }

    /// <summary>Gives the context in W3C's form to whoever writes headers.</summary>
    public void Inject(Action<string, string> setHeader) => DistributedContextPropagator.Current.Inject(
        _context,
        setHeader,
        static (carrier, name, value) => ((Action<string, string>)carrier!)(name, value));

    public void Retried(int previousAttempts, Status status) => _own?.AddEvent(new ActivityEvent(
        "retry",
        tags: new ActivityTagsCollection { ["rpc.response.status_code"] = StatusNames.Of(status.StatusCode), ["previous_attempts"] = previousAttempts }));

    public void End(Status status)
    {
        if (_own is null)
        {
            return;
        }

        string name = StatusNames.Of(status.StatusCode);
        _own.SetTag("rpc.response.status_code", name);
        if (status.StatusCode != StatusCode.OK)
        {
            _own.SetTag("error.type", name);
            _own.SetStatus(ActivityStatusCode.Error, status.Detail);
        }

        Activity? ambient = Activity.Current;
        _own.Stop();
        Activity.Current = ambient;
    }

    private static Activity? StartOwn(string method, string serverAddress) => s_source.StartActivity(
        ActivityKind.Client,
        tags: [new("rpc.system.name", "grpc"), new("rpc.method", method), new("server.address", serverAddress)],
        name: method);
}
