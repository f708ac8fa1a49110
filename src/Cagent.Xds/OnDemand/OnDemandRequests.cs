// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds.OnDemand;

/// <summary>
/// The questions that one stream has for sources. They run beside the stream's loop and post their answers, so that a
/// slow source delays nothing but its own name. Owned by the loop; waiting names are bounded by the subscriptions' limit.
/// </summary>
internal sealed class OnDemandRequests(
    OnDemandSources sources, NodeIdentity node, XdsServerOptions options, TimeProvider time, ILogger logger, Action<OnDemandAnswer> post)
{
    private readonly Queue<(XdsType Type, string Name)> _waiting = new();

    // False: running or waiting. True: changed since, so that the answer to come is asked for once more.
    private readonly Dictionary<(XdsType Type, string Name), bool> _open = [];
    private int _running;

    /// <summary>Asks for a name. A question that is open already is asked again when it is answered.</summary>
    public void Ask(XdsType type, string name)
    {
        if (_open.TryAdd((type, name), false))
        {
            _waiting.Enqueue((type, name));
        }
        else
        {
            _open[(type, name)] = true;
        }
    }

    /// <summary>Call with each posted answer.</summary>
    public void Complete(OnDemandAnswer answer)
    {
        _running--;
        _open.Remove((answer.Type, answer.Name), out bool isAskedAgain);
        if (isAskedAgain)
        {
            Ask(answer.Type, answer.Name);
        }
    }

    /// <summary>Starts as many questions as the limit allows.</summary>
    public void Start(CancellationToken cancellationToken)
    {
        while (_running < options.MaxConcurrentOnDemand && _waiting.TryDequeue(out (XdsType Type, string Name) question))
        {
            _running++;
            // It catches everything and ends with the stream, by the token.
            _ = RunAsync(question.Type, question.Name, cancellationToken);
        }
    }

    private async Task RunAsync(XdsType type, string name, CancellationToken cancellationToken)
    {
        // A source that computes before its first await must not run in the stream's loop.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            XdsResource? resource = await sources.GetAsync(type, name, node, options.OnDemandTimeout, time, cancellationToken).ConfigureAwait(false);
            post(new OnDemandAnswer(type, name, resource, IsFailure: false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            post(new OnDemandAnswer(type, name, null, IsFailure: true));
        }
#pragma warning disable CA1031 // Whatever a source throws: the name does not exist for now, and the stream lives.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.OnDemandFailed(node.Id, type.ShortName, ClientText.Name(name), exception);
            post(new OnDemandAnswer(type, name, null, IsFailure: true));
        }
    }
}
