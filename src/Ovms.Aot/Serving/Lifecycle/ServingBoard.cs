using System.Collections.Immutable;
using Ovms.Observability;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// The account of what is served. It makes the tables that callers read and the <see cref="Actual"/> that plans are made from, and it
/// keeps the order in which states are published: available after the servable can be leased, unloading before it cannot.
/// </summary>
/// <remarks>Used by one thread at a time: the one of <see cref="ModelManager"/>. Nothing else writes the registry's table.</remarks>
internal sealed class ServingBoard(ServableRegistry registry, ILogger log)
{
    // Names that are no longer configured stay in what status calls tell, up to so many.
    private const int RetiredKept = 64;

    private readonly Dictionary<string, ModelRow> _models = new(StringComparer.Ordinal);
    private readonly List<string> _retired = [];
    private ImmutableHashSet<string> _graphs = [];

    /// <summary>All that is there, as plans see it.</summary>
    public Actual ToActual() => new(_models.Values.Select(static model => model.ToActual()).Where(static model => model.IsBusy || !model.Versions.IsEmpty));

    /// <summary>Takes over what is configured, and what stands against each model.</summary>
    public void Configure(Desired desired)
    {
        _graphs = desired.Graphs;
        HashSet<string> configured = [.. desired.Models.Select(static model => model.Name)];
        foreach (DesiredModel model in desired.Models)
        {
            ModelRow row = RowOf(model.Name);
            row.IsRetired = false;
            Tell(row, model);
            row.Fault = model.Fault;
            row.Warnings = model.Warnings;
            _retired.Remove(model.Name);
        }

        foreach (ModelRow gone in _models.Values.Where(row => !row.IsRetired && !configured.Contains(row.Name)).ToArray())
        {
            Log.ModelRemoved(log, gone.Name);
            gone.IsRetired = true;
            gone.Fault = Outcome.Ok;
            _retired.Add(gone.Name);
        }

        Forget();
        Publish();
    }

    /// <summary>Makes versions known that will be loaded.</summary>
    public void Await(IEnumerable<ServableId> ids)
    {
        (ServableId Id, VersionRow Row)[] rows = [.. ids.Select(id => (id, RowOf(id.Name).Revive(id.Version)))];
        if (rows.Length > 0)
        {
            Publish();
            TellStates(rows);
        }
    }

    /// <summary>A version is about to be made.</summary>
    public void Begin(ServableId id)
    {
        ModelRow model = RowOf(id.Name);
        model.IsBusy = true;
        VersionRow row = model.Revive(id.Version);
        if (row.State == ServableState.Start)
        {
            row.State = ServableState.Loading;
            Publish();
            TellState(id, row);
        }
    }

    /// <summary>A version was made.</summary>
    /// <returns>The one that it takes the place of, which drains; null for none.</returns>
    public Servable? Complete(ServableId id, VersionSource source, LoadedModel loaded)
    {
        ModelRow model = RowOf(id.Name);
        model.IsBusy = false;
        VersionRow row = model.Revive(id.Version);
        Servable? old = row.Servable;
        row.Servable = new Servable(id, loaded);
        row.Serves = source;
        row.Failed = null;
        row.State = ServableState.Available;

        // The new one can be leased when the table shows it; the old one lets go only after that, and lives until its last call ends.
        Publish();
        if (old is null)
        {
            TellState(id, row);
        }
        else
        {
            old.Retire();
            Log.ModelReplaced(log, id.Name, id.Version);
        }

        return old;
    }

    /// <summary>A version could not be made.</summary>
    /// <param name="id">Which.</param>
    /// <param name="source">What was tried.</param>
    /// <param name="look">The look that it was tried for.</param>
    /// <param name="now">The time, on the clock of plans.</param>
    /// <param name="why">What stood against it.</param>
    /// <param name="isTrial">Whether the files may just be incomplete.</param>
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
        if (row.ToEntry() == before && failed.Attempts > 1)
        {
            Log.ModelFailedAgain(log, id.Name, id.Version, failed.Attempts, failed.Why.Text);
            return;
        }

        if (row.ToEntry().Error != before.Error)
        {
            TellState(id, row);
        }

        if (isTrial)
        {
            Log.ModelIncomplete(log, id.Name, id.Version, failed.Why.Text);
        }
        else if (row.Servable is null)
        {
            Log.ModelFailed(log, id.Name, id.Version, failed.Why.Text);
        }
        else
        {
            Log.ModelKept(log, id.Name, id.Version, failed.Why.Text);
        }
    }

    /// <summary>The load of a version is waited for no longer, and another may begin.</summary>
    public void GiveUp(ServableId id) => RowOf(id.Name).IsBusy = false;

    /// <summary>Lets versions go.</summary>
    /// <returns>Those that served: they have to drain before <see cref="End"/>.</returns>
    public IReadOnlyList<(ServableId Id, Servable Servable)> LetGo(IEnumerable<ServableId> ids)
    {
        (ServableId Id, VersionRow Row)[] rows = [.. ids.Select(id => (id, RowOf(id.Name).Revive(id.Version)))];
        foreach ((_, VersionRow row) in rows)
        {
            row.State = row.Servable is null ? ServableState.End : ServableState.Unloading;
            (row.Leaving, row.Servable) = (row.Servable, null);
            (row.Serves, row.Failed) = (null, null);
        }

        // Unloading is published before the first servable lets go, so that no call finds one that is going.
        Publish();
        TellStates(rows);
        (ServableId Id, Servable Servable)[] leaving = [.. rows.Where(static item => item.Row.Leaving is not null).Select(static item => (item.Id, item.Row.Leaving!))];
        foreach ((_, Servable servable) in leaving)
        {
            servable.Retire();
        }

        return leaving;
    }

    /// <summary>Lets go of a servable that came too late to be shown.</summary>
    public static Servable Discard(ServableId id, LoadedModel loaded)
    {
        Servable servable = new(id, loaded);
        servable.Retire();
        return servable;
    }

    /// <summary>The last call of a version that was let go has ended.</summary>
    public void End(ServableId id, Servable drained)
    {
        // A version that came back meanwhile has a life of its own.
        if (_models.TryGetValue(id.Name, out ModelRow? model) && model.Find(id.Version) is { State: ServableState.Unloading } row && row.Leaving == drained)
        {
            row.State = ServableState.End;
            row.Leaving = null;
            model.ForgetEnded();
            Publish();
            TellState(id, row);
        }
    }

    /// <summary>Everything that serves.</summary>
    public ImmutableArray<ServableId> Serving =>
        [.. _models.Values.SelectMany(static model => model.Versions.Where(static row => row.Servable is not null).Select(row => new ServableId(model.Name, row.Version)))];

    /// <summary>What stands against serving what is configured as it is configured. A folder that is empty is allowed to be.</summary>
    public ImmutableArray<ModelFault> Faults =>
    [
        .. _models.Values.Where(static model => model.Fault is { IsOk: false, Code: not StatusCode.NoModelVersionAvailable }).Select(static model => new ModelFault(model.Name, null, model.Fault, model.Serves)),
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
        foreach (string name in _retired.Where(name => _models[name].Versions.Count == 0 && !_models[name].IsBusy).Concat(_retired.SkipLast(RetiredKept)).Distinct().ToArray())
        {
            if (_models[name] is { IsBusy: false } row && row.Versions.All(static version => version.State == ServableState.End))
            {
                _models.Remove(name);
                _retired.Remove(name);
            }
        }
    }

    private void Publish() => registry.Publish(new ServableTable(_models.Values.Select(static model => model.ToEntry()), _graphs));

    private void TellStates(IEnumerable<(ServableId Id, VersionRow Row)> rows)
    {
        foreach ((ServableId id, VersionRow row) in rows)
        {
            TellState(id, row);
        }
    }

    private void TellState(ServableId id, VersionRow row) =>
        Log.StateChanged(log, id.Name, id.Version, row.State.ToString().ToUpperInvariant(), row.ToEntry().Error.ToString().ToUpperInvariant());

    // Told when it changes, not at every look.
    private void Tell(ModelRow before, DesiredModel now)
    {
        foreach (string warning in now.Warnings.Except(before.Warnings))
        {
            Log.Warning(log, warning);
        }

        if (now.Fault.IsOk || now.Fault.Text == before.Fault.Text)
        {
            return;
        }

        if (now.Fault.Code == StatusCode.NoModelVersionAvailable)
        {
            TellEmpty(before, now);
        }
        else if (before.Serves)
        {
            Log.ModelNotRefreshed(log, now.Name, now.Fault.Text);
        }
        else
        {
            Log.ModelAbsent(log, now.Name, now.Fault.Text);
        }
    }

    // One warning for each time that it becomes so; what else comes to lie there without being a version may explain why it stays so.
    private void TellEmpty(ModelRow before, DesiredModel now)
    {
        if (before.Fault.Code == StatusCode.NoModelVersionAvailable)
        {
            Log.ModelStillEmpty(log, now.Name, now.Fault.Text);
        }
        else
        {
            Log.ModelEmpty(log, now.Name, now.Fault.Text);
        }
    }
}
