using Ovms.Native;
using Ovms.Observability;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>Carries out reloads: look, plan, act, report. Blocking work runs on other threads and posts a <see cref="Signal"/>.</summary>
/// <remarks>
/// Each look and each load has its own thread. A model has one load at a time; the total is limited, without slow loads.
/// Used only by the loop of <see cref="ModelManager"/>, except <see cref="IsLoading"/> and <see cref="Leaving"/>.
/// </remarks>
internal sealed class Reconciler(
    ServingBoard board, Readiness readiness, Reloads reloads, DesiredReader reader, LoadVersion load, LookEffects? effects,
    LifecyclePace pace, TimeProvider clock, Action<Signal> post, ILogger log)
{
    private static readonly TimeSpan s_stopPace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_freeing = TimeSpan.FromSeconds(1);

    private readonly long _began = clock.GetTimestamp();
    private readonly ReloadWaiters _waiters = new(pace.Drain);
    private readonly FirstAttempts _firstAttempts = new();
    private readonly ReloadAccount _account = new(clock, log);
    private readonly LoadsUnderway _loads = new();
    private readonly LookSchedule _looks = new(reader, pace.Poll, post);
    private Desired _desired = Desired.Nothing;
    private readonly LeavingServables _leaving = new(post, log);
    private TimeSpan _calledUntil;
    private bool _isChange;
    private bool _isStopping;
    private bool _leavesLoads;

    /// <summary>Whether a load runs, including abandoned ones.</summary>
    public bool IsLoading => _loads.Running + _loads.LeftBehind > 0;

    /// <summary>
    /// Whether it was stopped and nothing is left to wait for: no call, no load unless loads were left, and nothing that is being freed.
    /// Freeing may wait for a compilation that AUTO still runs, so it is waited for only a short time.
    /// </summary>
    public bool IsOver => _isStopping && board.Serving.IsEmpty && !_leaving.HaveCalls && (_leavesLoads || !IsLoading)
        && (Now - _calledUntil >= s_freeing || _leaving.AreHeld);

    /// <summary>The models that are released and not freed yet.</summary>
    public LeavingServables Leaving => _leaving;

    private TimeSpan Now => clock.GetElapsedTime(_began);

    /// <summary>Handles a signal.</summary>
    public void Take(Signal signal)
    {
        switch (signal)
        {
            case Signal.Asked asked:
                _waiters.Ask(asked.Reload);
                break;
            case Signal.Looked looked:
                TakeOver(looked.Look);
                break;
            case Signal.LookFailed failed:
                RecordFailedLook(failed.Surprise);
                break;
            case Signal.Made made:
                Settle(made);
                break;
            case Signal.Fell fell:
                board.Fell(fell.Id, fell.Servable, Now);
                break;
            case Signal.Drained drained:
                _leaving.Remove(drained.Servable);
                _waiters.Left(drained.Servable);
                board.End(drained.Id, drained.Servable);
                break;
            case Signal.LeaveLoads:
                _leavesLoads = true;
                break;
            case Signal.Stop:
                _isStopping = true;
                _calledUntil = Now;
                break;
        }
    }

    /// <summary>Executes all actions that are due now.</summary>
    /// <returns>The delay until the next call if no signal arrives before; null = none needed.</returns>
    public TimeSpan? Advance()
    {
        if (_isStopping)
        {
            // The end of a call raises no signal; only the freeing of a servable does.
            LetGo(_leaving.HaveComposedCalls(board.Published) ? [] : board.Serving);
            _calledUntil = _leaving.HaveCalls || !board.Serving.IsEmpty ? Now : _calledUntil;
            return s_stopPace;
        }

        if (_looks.TryBegin(_waiters.IsAsked, Now))
        {
            _waiters.BeginLook();
        }

        (ReconcilePlan plan, bool isDone) = Act();
        if (isDone)
        {
            CarryOutReloads();
        }

        TimeSpan?[] times = [_looks.NextStep(plan.NextDue), plan.NextReturn, _waiters.Release(Now), _loads.NextDue(Now)];
        return times.Min() is { } at ? TimeSpan.FromTicks(Math.Max(0, (at - Now).Ticks)) : null;
    }

    /// <summary>Cancels the wait of all reload requesters.</summary>
    public void GiveUpReloads() => _waiters.GiveUp();

    private void RecordFailedLook(Exception surprise)
    {
        EndLook();
        _account.Enter(surprise);
        PublishStatus();
    }

    private void EndLook()
    {
        _looks.End(Now);
        _waiters.EndLook(_desired.Look, Now);
    }

    private void TakeOver(DesiredLook look)
    {
        if (_isStopping)
        {
            return;
        }

        _desired = look.Desired.IsVouched || !_waiters.IsUnderway
            ? look.Desired : look.Desired with { VouchedLook = _desired.VouchedLook };
        EndLook();
        _isChange |= look.Desired.IsVouched || look.ConfigChanged;
        effects?.Apply(look.Desired);
        _account.Enter(look);
        board.Configure(look.Desired);
        if (look.ConfigChanged)
        {
            MarkChange();
        }

        PublishStatus();
    }

    private (ReconcilePlan Plan, bool IsDone) Act()
    {
        GiveUpLoads();
        while (true)
        {
            ReconcilePlan plan = ReconcilePlan.Compute(_desired, board.ToActual(), Now);
            _firstAttempts.Follow(plan, _isChange);
            _isChange = false;
            readiness.SetAwaitsFirstAttempts(_firstAttempts.Any);
            board.Follow(plan);
            PublishStatus();
            ServableId[] leaving = [.. plan.Actions.OfType<ModelAction.Unload>().Select(static action => action.Id)];
            bool isRefused = false;
            foreach (LoadAction action in plan.Actions.OfType<LoadAction>())
            {
                isRefused |= !BeginLoad(action);
            }

            if (leaving.Length == 0 && !isRefused)
            {
                return (plan, plan.Actions.All(static action => action is LoadAction.Return));
            }

            LetGo(leaving);
            MarkChange();
        }
    }

    // False if the load is refused at once; the plan must then be computed again. A load without a place begins when there is one.
    private bool BeginLoad(LoadAction action)
    {
        bool isReturn = action is LoadAction.Return;
        RunningLoad begun = new(action.Id, action.Source, action.IsTrial, _desired.Look, Now) { IsReturn = isReturn };
        Outcome refusal = _loads.Refusal(action.Id, action.Source, isReturn);
        if (!refusal.IsOk)
        {
            board.Begin(action.Id);
            Fail(begun, refusal, isTrial: false);
        }
        else if (_loads.HasPlace(action.Source, Now, isReturn))
        {
            _loads.Add(begun);
            board.Begin(action.Id);
            begun.Start(load, post, log);
        }

        return refusal.IsOk;
    }

    private void GiveUpLoads()
    {
        foreach (RunningLoad late in _loads.Overdue(Now))
        {
            _loads.LeaveBehind(late);
            Fail(late, late.WhyLeft, isTrial: false);
            Log.LoadLeftBehind(log, late.Id.Name, late.Id.Version, late.Age(Now).TotalSeconds, _loads.LeftBehind);
        }

        foreach (RunningLoad unwanted in _loads.Unwanted(_desired, Now))
        {
            _loads.LeaveBehind(unwanted);
            board.GiveUp(unwanted.Id);
            Log.LoadAbandoned(log, unwanted.Id.Name, unwanted.Id.Version, unwanted.Age(Now).TotalSeconds, _loads.LeftBehind);
            PublishStatus();
        }

        _loads.ReportSlow(log, Now);
    }

    private void Settle(Signal.Made made)
    {
        RunningLoad ended = made.Load;
        bool isWanted = _loads.Remove(ended);
        if (_isStopping || !isWanted)
        {
            if (made.Loaded.IsOk)
            {
                _leaving.Add(ended.Id, ServingBoard.Discard(ended.Id, made.Loaded.Value));
            }

            PublishStatus();
            if (!isWanted)
            {
                Log.LeftBehindEnded(log, ended.Id.Name, ended.Id.Version, ended.Age(Now).TotalSeconds, _loads.LeftBehind);
            }
        }
        else if (made.Loaded.IsOk)
        {
            if (board.Complete(ended.Id, ended.Source, made.Loaded.Value, ended.IsReturn ? Now : null) is { } replaced)
            {
                _leaving.Add(ended.Id, replaced);
            }

            _account.EnterLoad(isOk: true);
            MarkChange();
            PublishStatus();
        }
        else
        {
            Fail(ended, made.Loaded.WithoutValue, ended.IsTrial);
        }
    }

    private void Fail(RunningLoad failed, Outcome why, bool isTrial)
    {
        if (failed.IsReturn)
        {
            // What serves goes on serving as it did, so nothing is out of order with the configuration.
            board.StayFallen(failed.Id, why, Now, failed.Age(Now));
            return;
        }

        board.Fail(failed.Id, failed.Source, failed.Look, Now, why, isTrial);
        _account.EnterLoad(isOk: false);
        PublishStatus();
    }

    private void LetGo(IEnumerable<ServableId> ids)
    {
        foreach ((ServableId id, Servable servable) in board.LetGo(ids))
        {
            _waiters.Leaves(servable, Now);
            _leaving.Add(id, servable);
        }
    }

    private void MarkChange()
    {
        _account.MarkChange();
        _waiters.MarkChange();
    }

    private void PublishStatus()
    {
        _account.Enter(board.Faults);
        reloads.Status = _account.Status with { LoadsLeftBehind = _loads.LeftBehind };
    }

    private void CarryOutReloads()
    {
        // A first look that failed has tried nothing.
        if (_waiters.IsUnderway && _desired.Look > 0 && !_loads.AnyWanted && !readiness.AllTried)
        {
            readiness.SetAllTried();
        }

        TimeSpan now = Now;
        if (_waiters.CarryOut(_account.Status, reload => _loads.Hold(reload, _desired, now)))
        {
            Log.NativeObjects(log, LiveObjects.Describe());
        }
    }
}
