using Ovms.Native;
using Ovms.Observability;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// The steps of a reload: look, plan, act, tell. What blocks runs outside and comes back as a <see cref="Signal"/>: looks on the thread
/// pool, loads each on a thread of its own, one at a time for a model and a few altogether.
/// </summary>
/// <remarks>Used by the loop of <see cref="ModelManager"/> only, except <see cref="IsLoading"/>.</remarks>
internal sealed class Reconciler(
    ServableRegistry registry, DesiredReader reader, LoadVersion load, LookEffects? effects, LifecyclePace pace, TimeProvider clock, Action<Signal> post, ILogger log)
{
    // Each compilation uses several cores itself; a few at once hide the reading of files.
    private static readonly int s_parallelLoads = Math.Clamp(Environment.ProcessorCount / 2, 2, 8);

    private readonly ServingBoard _board = new(registry, log);
    private readonly long _began = clock.GetTimestamp();
    private readonly ReloadWaiters _waiters = new(pace.Drain);
    private readonly FirstAttempts _firstAttempts = new();
    private readonly ReloadAccount _account = new(clock, log);
    private Desired _desired = Desired.Nothing;
    private TimeSpan? _nextPoll;
    private bool _isLooking;
    private bool _isChange;
    private bool _isStopping;
    private int _leaving;
    private volatile int _loading;

    /// <summary>Whether the engine is at work on a model.</summary>
    public bool IsLoading => _loading > 0;

    /// <summary>Whether it was stopped and nothing is left to wait for.</summary>
    public bool IsOver => _isStopping && _loading == 0 && _leaving == 0;

    private TimeSpan Now => clock.GetElapsedTime(_began);

    /// <summary>Takes in what happened.</summary>
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
                PassOver(failed.Surprise);
                break;
            case Signal.Made made:
                _loading--;
                Settle(made);
                break;
            case Signal.Drained drained:
                _leaving--;
                _waiters.Left(drained.Servable);
                _board.End(drained.Id, drained.Servable);
                if (drained.Servable.FreeingFault is { } surprise)
                {
                    Log.FreeingSurprised(log, drained.Id.Name, drained.Id.Version, surprise);
                }

                break;
            case Signal.Stop:
                _isStopping = true;
                LetGo(_board.Serving);
                break;
        }
    }

    /// <summary>Does what is to be done now.</summary>
    /// <returns>When to come again though nothing happens; null for never.</returns>
    public TimeSpan? Advance()
    {
        if (_isStopping)
        {
            return null;
        }

        BeginLook();
        (TimeSpan? retryAt, bool isDone) = Act();
        if (isDone && !_isLooking)
        {
            CarryOutReloads();
        }

        // Who looks only when asked also tries again only when asked.
        TimeSpan? stepAt = _isLooking || pace.Poll == TimeSpan.Zero ? null : retryAt < _nextPoll ? retryAt : _nextPoll;
        TimeSpan? releaseAt = _waiters.Release(Now);
        TimeSpan? wakeAt = releaseAt < stepAt ? releaseAt : stepAt ?? releaseAt;
        return wakeAt is { } at ? TimeSpan.FromTicks(Math.Max(0, (at - Now).Ticks)) : null;
    }

    /// <summary>Tells who waits for a reload that there will be no end.</summary>
    public void GiveUpReloads() => _waiters.GiveUp();

    private void BeginLook()
    {
        bool isAsked = _waiters.IsAsked;
        // A reload under way ends before the next poll: its word that files are complete would be lost.
        if (_isLooking || !(isAsked || (!_waiters.IsUnderway && _nextPoll <= Now)))
        {
            return;
        }

        _isLooking = true;
        _waiters.BeginLook();
        _ = Task.Run(() => post(Look(isAsked)));
    }

    private Signal Look(bool isAsked)
    {
        try
        {
            return new Signal.Looked(reader.Look(isAsked));
        }
        catch (Exception surprise)
        {
            // Without a signal this look would be the last one, and nobody would know.
            return new Signal.LookFailed(surprise);
        }
    }

    private void PassOver(Exception surprise)
    {
        EndLook();
        _account.Enter(surprise);
        PublishStatus();
    }

    private void EndLook()
    {
        _isLooking = false;
        _nextPoll = pace.Poll > TimeSpan.Zero ? Now + pace.Poll : null;
    }

    private void TakeOver(DesiredLook look)
    {
        EndLook();
        if (_isStopping)
        {
            return;
        }

        _desired = look.Desired;
        _isChange |= look.Desired.IsVouched || look.ConfigChanged;
        effects?.Apply(look.Desired);
        _account.Enter(look);
        _board.Configure(look.Desired);
        if (look.ConfigChanged)
        {
            MarkChange();
        }

        PublishStatus();
    }

    private (TimeSpan? RetryAt, bool IsDone) Act()
    {
        while (true)
        {
            ReconcilePlan plan = ReconcilePlan.Compute(_desired, _board.ToActual(), Now);
            _firstAttempts.Follow(plan, _isChange);
            _isChange = false;
            registry.SetAwaitsFirstAttempts(_firstAttempts.Any);
            _board.Await(plan.Awaited);
            ServableId[] leaving = [.. plan.Actions.OfType<ModelAction.Unload>().Select(static action => action.Id)];
            foreach (ModelAction action in plan.Actions.Except(plan.Actions.OfType<ModelAction.Unload>()).Take(s_parallelLoads - _loading))
            {
                BeginLoad(action);
            }

            if (leaving.Length == 0)
            {
                return (plan.NextDue, plan.Actions.IsEmpty && _loading == 0);
            }

            LetGo(leaving);
            MarkChange();
            PublishStatus();
        }
    }

    private void BeginLoad(ModelAction action)
    {
        (VersionSource source, bool isTrial) = action switch
        {
            ModelAction.Load made => (made.Source, made.IsTrial),
            ModelAction.Reload made => (made.Source, made.IsTrial),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        _loading++;
        _board.Begin(action.Id);
        long look = _desired.Look;

        // A compilation takes seconds to minutes of one thread: the pool's answer calls.
        _ = Task.Factory.StartNew(
            () =>
            {
                post(new Signal.Made(action.Id, source, isTrial, look, Load(action.Id, source)));
                NativeHeap.GiveBack();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);
    }

    private Outcome<LoadedModel> Load(ServableId id, VersionSource source)
    {
        try
        {
            return load(id, source.Folder, source.Config);
        }
        catch (Exception surprise)
        {
            // One model's surprise is no reason to stop serving the others; the trace is for whoever mends it.
            Log.LoadSurprised(log, id.Name, id.Version, surprise);
            return Outcome.Fail(StatusCode.InternalError, surprise.Message);
        }
    }

    private void Settle(Signal.Made made)
    {
        if (_isStopping)
        {
            if (made.Loaded.IsOk)
            {
                Follow(made.Id, ServingBoard.Discard(made.Id, made.Loaded.Value));
            }

            return;
        }

        if (made.Loaded.IsOk)
        {
            if (_board.Complete(made.Id, made.Source, made.Loaded.Value) is { } replaced)
            {
                Follow(made.Id, replaced);
            }

            _account.EnterLoad(isOk: true);
            MarkChange();
        }
        else
        {
            _board.Fail(made.Id, made.Source, made.Look, Now, made.Loaded.WithoutValue, made.IsTrial);
            _account.EnterLoad(isOk: false);
        }

        PublishStatus();
    }

    private void LetGo(IEnumerable<ServableId> ids)
    {
        foreach ((ServableId id, Servable servable) in _board.LetGo(ids))
        {
            _waiters.Leaves(servable, Now);
            Follow(id, servable);
        }
    }

    private void Follow(ServableId id, Servable servable)
    {
        _leaving++;
        _ = servable.Drained.ContinueWith(
            _ => post(new Signal.Drained(id, servable)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void MarkChange()
    {
        _account.MarkChange();
        _waiters.MarkChange();
    }

    private void PublishStatus()
    {
        _account.Enter(_board.Faults);
        registry.Reload = _account.Status;
    }

    private void CarryOutReloads()
    {
        // A first look that failed tried nothing.
        if (_waiters.IsUnderway && _desired.Look > 0 && !registry.AllTried)
        {
            registry.SetAllTried();
        }

        if (_waiters.IsChanged)
        {
            Log.NativeObjects(log, LiveObjects.Describe());
        }

        _waiters.CarryOut(_account.Status);
    }
}
