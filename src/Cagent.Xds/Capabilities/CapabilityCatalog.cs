// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.Xds.Nodes;
using Envoy.Config.Core.V3;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds.Capabilities;

/// <summary>
/// Gives nodes their capabilities, one object for each distinct set. Bounded: each set costs a copy of what depends on it in
/// every snapshot, so a node with one set too many is refused. Thread safe.
/// </summary>
internal sealed class CapabilityCatalog(XdsServerOptions options, ILogger logger)
{
    private static readonly Status TooMany = new(StatusCode.ResourceExhausted, "too many different sets of capabilities");
    private static readonly Status Unknown = new(StatusCode.Unavailable, "the node's capabilities cannot be told now");
    private readonly ConcurrentDictionary<CapabilitySet, CapabilitySet> _known = new();

    /// <summary>Null when the node has its set, otherwise the status to end its stream with.</summary>
    public Status? Find(Node node, out CapabilitySet capabilities)
    {
        capabilities = CapabilitySet.All;
        try
        {
            CapabilitySet wanted = options.CapabilitiesOf(node);
            if (_known.TryGetValue(wanted, out CapabilitySet? known))
            {
                capabilities = known;
                return null;
            }

            if (_known.Count >= options.MaxCapabilitySets)
            {
                return TooMany;
            }

            capabilities = _known.GetOrAdd(wanted, wanted);
            return null;
        }
#pragma warning disable CA1031 // Whatever the host's function throws: what the node can digest is not known.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.CapabilitiesFailed(ClientText.Name(node.Id), exception);
            return Unknown;
        }
    }
}
