// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.PolicySource;
using Cagent.ControlPlane.Revisions;
using Cagent.Xds.Nodes;

namespace Cagent.ControlPlane.Publishing;

/// <summary>What the pipeline's loop wakes for.</summary>
internal abstract record PipelineEvent
{
    private PipelineEvent()
    {
    }

    /// <summary>The policy file, or a file that it names, has new content.</summary>
    public sealed record FileChanged(PolicyFileChange Change) : PipelineEvent;

    /// <summary>An Envoy refused a response.</summary>
    public sealed record Nacked(NackReport Report) : PipelineEvent;

    /// <summary>An entry of the revision in force may have expired.</summary>
    public sealed record ExpiryDue : PipelineEvent;

    /// <summary>An operator stopped or released an agent; what he waits for ends once that is in force.</summary>
    public sealed record QuarantineChanged(TaskCompletionSource Done) : PipelineEvent;

    /// <summary>Every Envoy has accepted a revision.</summary>
    public sealed record Settled(Revision Revision, TimeSpan Elapsed) : PipelineEvent;
}
