// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using Cagent.ControlPlane.Revisions;

namespace Cagent.ControlPlane.Publishing;

/// <summary>Ends entries at their moment.</summary>
public sealed partial class PolicyPipeline
{
    private void AwaitExpiry(Revision revision)
    {
        _expiry?.Dispose();
        _expiry = null;
        if (revision.NextExpiry is { } moment)
        {
            TimeSpan wait = moment - _time.GetUtcNow();
            wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestExpiryWait ? LongestExpiryWait : wait;
            // Should the queue be full, the next tick comes a second later.
            _expiry = _time.CreateTimer(_ => _events.Writer.TryWrite(new PipelineEvent.ExpiryDue()), null, wait, TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>
    /// The revision in force without what has expired. From the bytes it came from, not from the files: they may be gone or wrong by
    /// now, and an entry must end at its moment all the same. So must it in the revision that a refusal would bring back.
    /// </summary>
    private void Expire()
    {
        if (_publisher.Current is not { } current || !IsPast(current))
        {
            if (_publisher.Current is { } waiting)
            {
                AwaitExpiry(waiting);
            }

            return;
        }

        Revision renewed = Renew(current);
        _lastGood = _lastGood is null ? null : _lastGood.Id == current.Id ? renewed : IsPast(_lastGood) ? Renew(_lastGood) : _lastGood;
        ControlPlaneLog.EntriesExpired(_logger, current.Id.ShortForm, renewed.Id.ShortForm);
        PolicyState state = _status.State is PolicyState.Effective or PolicyState.Publishing ? PolicyState.Publishing : _status.State;
        Enter(_status with { State = state, Revision = renewed.Id });
        Send(renewed);
    }

    private bool IsPast(Revision revision) => revision.NextExpiry <= _time.GetUtcNow();

    private Revision Renew(Revision revision)
    {
        RevisionBuildResult built = _builder.Build(revision.FileName, revision.Policy, revision.Overlays, path =>
            revision.Dependencies.TryGetValue(path, out ImmutableArray<byte> content) ? new DependencyReading(content, null) : new DependencyReading(default, "was not kept"), revision);
        // What has loaded before loads without one of its entries. If ever not, the process ends rather than serve what has expired.
        return built.Revision ?? throw new UnreachableException($"Revision {revision.Id.ShortForm} does not load any more.");
    }
}
