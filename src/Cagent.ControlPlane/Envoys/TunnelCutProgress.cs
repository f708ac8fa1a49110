// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Envoys;

/// <summary>Decides from counters alone when to cut one cluster and when all is done. Pure: no clock, no I/O. Used by one loop.</summary>
internal sealed class TunnelCutProgress
{
    // A cut shows in the counters within one or two polls; a third without effect means that it was lost.
    private const int PollsBeforeRepeat = 6;

    private long? _totalAtCut;
    private long _cutsAtCut;
    private bool _tookEffect;
    private int _pollsSinceCut;
    private int _emptyPolls;

    public TunnelCutProgress(TunnelTarget target) => Target = target;

    public TunnelTarget Target { get; }

    /// <summary>The most connections that were seen open before the first cut, which opens one itself.</summary>
    public long MostOpen { get; private set; }

    /// <summary>Connections open at the last reading.</summary>
    public long Open { get; private set; }

    /// <summary>The result, once there is one.</summary>
    public TunnelCutOutcome? Outcome { get; private set; }

    /// <summary>
    /// Takes in a reading; true when a cut is to be sent now. While the entry is in use, what is open now is ended once and what is
    /// opened again is left alone; otherwise cutting goes on until nothing is open.
    /// </summary>
    public bool Observe(TunnelCounts counts, bool isInUse)
    {
        Open = counts.Active;
        if (_totalAtCut is null)
        {
            MostOpen = Math.Max(MostOpen, counts.Active);
        }
        _pollsSinceCut++;
        // The counter too: the next good check may arm the host again before anyone has seen it failed.
        _tookEffect |= _totalAtCut is not null && (!counts.IsArmed || counts.Cuts > _cutsAtCut);
        // Twice, because a tunnel may be under way between a worker that has the old routes and its counter.
        _emptyPolls = counts.Active == 0 ? _emptyPolls + 1 : 0;
        // More than the total at the cut, because the cut's own connection has ended too.
        bool areOldOnesGone = _tookEffect && isInUse && counts.Total - counts.Active > _totalAtCut;
        if (_emptyPolls >= 2 || areOldOnesGone)
        {
            Outcome = MostOpen == 0 ? TunnelCutOutcome.NothingOpen : TunnelCutOutcome.Ended;
            return false;
        }
        // A cut needs a healthy host, and cutting an empty cluster would only spend that until the next check.
        bool mayCut = counts.IsArmed && counts.Active > 0 && (_totalAtCut is null || _tookEffect || _pollsSinceCut >= PollsBeforeRepeat);
        if (mayCut)
        {
            _totalAtCut = counts.Total;
            _cutsAtCut = counts.Cuts;
            _tookEffect = false;
            _pollsSinceCut = 0;
        }
        return mayCut;
    }
}
