using System.Collections.Immutable;
using Ovms.Observability;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// The state of everything that is served. It produces the tables that callers read and the <see cref="Actual"/> that plans are computed
/// from.
/// </summary>
/// <remarks>
/// It keeps the order of published states: AVAILABLE after the servable can be leased, UNLOADING before it cannot.
/// Used by one thread at a time, that of <see cref="ModelManager"/>. Nothing else writes the registry's table.
/// </remarks>
internal sealed class ServingBoard(ServableRegistry registry, ILogger log)
{
    // Models that are no longer configured remain visible in status calls, up to this number.
    private const int RetiredKept = 64;

    private readonly Dictionary<string, ModelRow> _models = new(StringComparer.Ordinal);
    private readonly List<string> _retired = [];
    private readonly BoardLog _log = new(log);

    /// <inheritdoc cref="BoardLog.LeavesFailures"/>
    public bool LeavesFailures
    {
        get => _log.LeavesFailures;
        set => _log.LeavesFailures = value;
    }

    /// <summary>The current state, as the input of a plan.</summary>
    public Actual ToActual() => new(
        _models.Values.Select(static model => model.ToActual()).Where(static model => model.IsBusy || !model.Versions.IsEmpty));

    /// <summary>Applies a look: the configured models and their faults.</summary>
    public void Configure(Desired desired)
    {
        HashSet<string> configured = [.. desired.Models.Select(static model => model.Name)];
        foreach (DesiredModel model in desired.Models)
        {
            ModelRow row = RowOf(model.Name);
            row.IsRetired = false;
            row.IsComposed = model.Config?.Composition is not null;
            row.IsGraph = model.Config?.Composition?.Graph is not null;
            _log.Changes(row, model);
            row.Fault = model.Fault;
            row.Warnings = model.Warnings;
            row.Missing = model.Missing ?? row.Missing;
            _retired.Remove(model.Name);
        }

        foreach (ModelRow gone in _models.Values.Where(row => !row.IsRetired && !configured.Contains(row.Name)).ToArray())
        {
            Log.ModelRemoved(log, gone.Name);
            gone.IsRetired = true;
            gone.Fault = Outcome.Ok;
            gone.Missing = [];
            _retired.Add(gone.Name);
        }

        Forget();
        Publish();
    }

    /// <summary>Publishes the versions that a plan awaits, and forgets failures of files and settings that it no longer wants.</summary>
    public void Follow(ReconcilePlan plan)
    {
        (ServableId Id, VersionRow Row)[] rows = [.. plan.Awaited.Select(id => (id, RowOf(id.Name).Revive(id.Version)))];
        foreach (ServableId mended in plan.Mended)
        {
            RowOf(mended.Name).Revive(mended.Version).Failed = null;
            Log.Note(log, $"Model {mended.Name}; version: {mended.Version} is configured again as it is served");
        }

        if (rows.Length + plan.Mended.Length > 0)
        {
            Publish();
            _log.States(rows);
        }
    }

    /// <summary>A version is about to be loaded.</summary>
    public void Begin(ServableId id)
    {
        ModelRow model = RowOf(id.Name);
        model.IsBusy = true;
        VersionRow row = model.Revive(id.Version);
        if (row.State == ServableState.Start)
        {
            row.State = ServableState.Loading;
            Publish();
            _log.State(id, row);
        }
    }

    /// <summary>A version was loaded.</summary>
    /// <param name="id">The version.</param>
    /// <param name="source">The source it was loaded from.</param>
    /// <param name="loaded">The loaded model.</param>
    /// <param name="returnedAt">When it came back to a better device; null for another load.</param>
    /// <returns>The servable that it replaces, which drains; null = none.</returns>
    public Servable? Complete(ServableId id, VersionSource source, LoadedModel loaded, TimeSpan? returnedAt = null)
    {
        ModelRow model = RowOf(id.Name);
        model.IsBusy = false;
        VersionRow row = model.Revive(id.Version);
        Servable? old = row.Servable;
        row.Servable = new Servable(id, loaded);
        row.Serves = source;
        row.Failed = null;
        row.WayBack = returnedAt is { } now ? row.WayBack?.AfterReturn(now) : null;
        row.State = ServableState.Available;

        // Order: the table shows the new servable before the old one retires. The old one lives until its last call ends.
        Publish();
        if (old is null)
        {
            _log.State(id, row);
        }
        else
        {
            old.Retire();
            if (returnedAt is null)
            {
                Log.ModelReplaced(log, id.Name, id.Version);
            }
            else
            {
                Log.DeviceRegained(log, id.Name, id.Version, old.Devices?.Text ?? "-", row.Servable.Devices?.Text ?? "-");
            }
        }

        return old;
    }

    /// <summary>A version could not be loaded.</summary>
    /// <param name="id">The version.</param>
    /// <param name="source">The source that was tried.</param>
    /// <param name="look">The number of the look that caused the attempt.</param>
    /// <param name="now">The current time, on the clock of plans.</param>
    /// <param name="why">The reason.</param>
    /// <param name="isTrial">Whether the files may just be incomplete, so that this is not yet an error.</param>
    public void Fail(ServableId id, VersionSource source, long look, TimeSpan now, Outcome why, bool isTrial)
    {
        ModelRow model = RowOf(id.Name);
        model.IsBusy = false;
        VersionRow row = model.Revive(id.Version);
        int attempts = row.Failed is { } last && source.MakesTheSameAs(last.Source) ? last.Attempts + 1 : 1;
        FailedLoad failed = new(source, attempts, now, look, why);
        VersionEntry before = row.ToEntry();
        row.Failed = failed;
        row.IsFailureSure = !isTrial;
        Publish();
        _log.Failure(id, row, before, isTrial);
    }

    /// <summary>A version runs on a worse device than it could, or does not compute any more.</summary>
    public void Fell(ServableId id, Servable servable, TimeSpan now)
    {
        // An attempt that was due and not made was not needed any more: it had come back by itself.
        if (_models.TryGetValue(id.Name, out ModelRow? model)
            && model.Find(id.Version) is { } row && row.Servable == servable && (row.WayBack?.At is not { } due || due < now))
        {
            row.WayBack = WayBack.AfterFall(row.WayBack, now);
        }
    }

    /// <summary>A version that fell did not come back to the better device.</summary>
    /// <param name="id">The version.</param>
    /// <param name="why">Why not.</param>
    /// <param name="now">The current time.</param>
    /// <param name="took">How long the attempt took.</param>
    public void StayFallen(ServableId id, Outcome why, TimeSpan now, TimeSpan took)
    {
        ModelRow model = RowOf(id.Name);
        model.IsBusy = false;
        if (model.Find(id.Version) is { WayBack: { } tried } row)
        {
            row.WayBack = tried.AfterFailure(now, took);
            double pause = (row.WayBack.At!.Value - now).TotalSeconds;
            if (row.Servable is { Health: { IsLost: true } health })
            {
                health.NotReplaced(why.Text);
                Log.NotReplaced(log, id.Name, id.Version, tried.Attempts, why.Text, pause);
            }
            else
            {
                Log.DeviceNotRegained(log, id.Name, id.Version, tried.Attempts, why.Text, pause);
            }
        }
    }

    /// <summary>The load of a version was abandoned. Another load of the model may begin.</summary>
    public void GiveUp(ServableId id) => RowOf(id.Name).IsBusy = false;

    /// <summary>Unloads versions.</summary>
    /// <returns>Those that served; they must drain before <see cref="End"/>.</returns>
    public IReadOnlyList<(ServableId Id, Servable Servable)> LetGo(IEnumerable<ServableId> ids)
    {
        (ServableId Id, VersionRow Row)[] rows = [.. ids.Select(id => (id, RowOf(id.Name).Revive(id.Version)))];
        if (rows.Length == 0)
        {
            return [];
        }

        foreach ((_, VersionRow row) in rows)
        {
            row.State = row.Servable is null ? ServableState.End : ServableState.Unloading;
            (row.Leaving, row.Servable) = (row.Servable, null);
            (row.Serves, row.Failed) = (null, null);
        }

        // Order: UNLOADING is published before the first servable retires, so that no call finds a retired one in the table.
        Publish();
        _log.States(rows);
        (ServableId Id, Servable Servable)[] leaving =
            [.. rows.Where(static item => item.Row.Leaving is not null).Select(static item => (item.Id, item.Row.Leaving!))];
        foreach ((_, Servable servable) in leaving)
        {
            servable.Retire();
        }

        return leaving;
    }

    /// <summary>Releases a loaded model whose load was no longer wanted.</summary>
    public static Servable Discard(ServableId id, LoadedModel loaded)
    {
        Servable servable = new(id, loaded);
        servable.Retire();
        return servable;
    }

    /// <summary>The last call of an unloaded version has ended.</summary>
    public void End(ServableId id, Servable drained)
    {
        // If the version was loaded again meanwhile, its row describes the new servable and stays.
        if (_models.TryGetValue(id.Name, out ModelRow? model)
            && model.Find(id.Version) is { State: ServableState.Unloading } row
            && row.Leaving == drained)
        {
            row.State = ServableState.End;
            row.Leaving = null;
            model.ForgetEnded();
            Publish();
            _log.State(id, row);
        }
    }

    /// <summary>All versions that serve.</summary>
    public ImmutableArray<ServableId> Serving =>
        [
            .. _models.Values.SelectMany(static model => model.Versions
                .Where(static row => row.Servable is not null)
                .Select(row => new ServableId(model.Name, row.Version))),
        ];

    /// <summary>What the newest table has. Any thread may read it.</summary>
    public IEnumerable<Servable> Published => registry.Current.Models.SelectMany(static model => model.Versions)
        .Select(static version => version.Servable).OfType<Servable>();

    /// <summary>Why parts of the configuration are not served as configured. An empty folder is no fault.</summary>
    public ImmutableArray<ModelFault> Faults =>
    [
        .. _models.Values
            .Where(static model => model.Fault is { IsOk: false, Code: not StatusCode.NoModelVersionAvailable })
            .Select(static model => new ModelFault(model.Name, null, model.Fault, model.Serves)),
        .. _models.Values.Where(static model => !model.IsRetired).SelectMany(static model => model.Versions
            .Where(static row => row is { IsAlive: true, Failed: not null, IsFailureSure: true })
            .Select(row => new ModelFault(model.Name, row.Version, row.Failed!.Why, row.Servable is not null))),
    ];

    private ModelRow RowOf(string name)
    {
        if (!_models.TryGetValue(name, out ModelRow? row))
        {
            _models[name] = row = new ModelRow(name);
        }

        return row;
    }

    private void Forget()
    {
        IEnumerable<string> empty = _retired.Where(name => _models[name].Versions.Count == 0 && !_models[name].IsBusy);
        foreach (string name in empty.Concat(_retired.SkipLast(RetiredKept)).Distinct().ToArray())
        {
            if (_models[name] is { IsBusy: false } row && row.Versions.All(static version => version.State == ServableState.End))
            {
                _models.Remove(name);
                _retired.Remove(name);
            }
        }
    }

    private void Publish() => registry.Publish(new ServableTable(_models.Values.Select(static model => model.ToEntry())));
}
