using System.Collections.Immutable;
using Ovms.Observability;
using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Serving;

/// <summary>
/// Executes what was decided about models: loads them, publishes the table, retires what goes. The only writer of
/// <see cref="ServableRegistry"/>; every step is logged.
/// </summary>
internal sealed class ModelManager(ServableRegistry registry, ModelLoader loader, ILogger log)
{
    // One writer: the table is changed by replacing it, under this gate.
    private readonly Lock _gate = new();

    /// <summary>Makes models known before anything of them is loaded, so that callers who come early are told to wait and not that they are unknown.</summary>
    public static void Announce(ServableRegistry registry, IEnumerable<string> names) => registry.Publish(new ServableTable(names.Select(static name => new ModelEntry(name, []))));

    /// <summary>Loads the versions of one model, one after the other, the lowest first. What fails is logged here.</summary>
    /// <param name="config">The model.</param>
    /// <param name="cancellation">Stops before the next version.</param>
    /// <returns>Ok when every version is available; else the first failure, after all were tried.</returns>
    public Outcome Load(ModelConfig config, CancellationToken cancellation)
    {
        Outcome<ImmutableArray<ModelVersionFolder>> sources = loader.FindVersions(config);
        if (!sources.IsOk)
        {
            Log.ModelAbsent(log, config.Name, sources.Text);
            return sources.WithoutValue;
        }

        foreach (ModelVersionFolder source in sources.Value)
        {
            Set(config.Name, new VersionEntry(source.Version, ServableState.Start));
        }

        Outcome first = Outcome.Ok;
        foreach (ModelVersionFolder source in sources.Value)
        {
            if (cancellation.IsCancellationRequested)
            {
                return Outcome.Fail(StatusCode.Cancelled);
            }

            Outcome loaded = LoadVersion(config, source);
            first = first.IsOk ? loaded : first;
        }

        return first;
    }

    /// <summary>Retires everything and waits until the calls in flight have ended.</summary>
    /// <param name="limit">How long to wait.</param>
    /// <returns>False when calls were still in flight at the limit.</returns>
    public async Task<bool> UnloadAllAsync(TimeSpan limit)
    {
        List<(string Name, VersionEntry Entry)> serving = [];
        lock (_gate)
        {
            foreach (ModelEntry model in registry.Current.Models)
            {
                serving.AddRange(model.Versions.Where(static entry => entry.Servable is not null).Select(entry => (model.Name, entry)));
            }

            // Unloading is published before the first servable lets go, so that no call finds one that is going.
            foreach ((string name, VersionEntry entry) in serving)
            {
                SetLocked(name, new VersionEntry(entry.Version, ServableState.Unloading));
            }
        }

        foreach ((_, VersionEntry entry) in serving)
        {
            entry.Servable!.Retire();
        }

        try
        {
            await Task.WhenAll(serving.Select(static item => item.Entry.Servable!.Drained)).WaitAsync(limit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }

        foreach ((string name, VersionEntry entry) in serving)
        {
            Set(name, new VersionEntry(entry.Version, ServableState.End));
        }

        return true;
    }

    private Outcome LoadVersion(ModelConfig config, ModelVersionFolder source)
    {
        ServableId id = new(config.Name, source.Version);
        Set(config.Name, new VersionEntry(source.Version, ServableState.Loading));
        Outcome<LoadedModel> loaded = loader.Load(id, source, config);
        if (!loaded.IsOk)
        {
            Set(config.Name, new VersionEntry(source.Version, ServableState.Loading, Reason: loaded.Text));
            Log.ModelFailed(log, id.Name, id.Version, loaded.Text);
            return loaded.WithoutValue;
        }

        // Available is published when the servable can already be leased: no caller sees the state before the thing.
        Set(config.Name, new VersionEntry(source.Version, ServableState.Available, new Servable(id, loaded.Value)));
        return Outcome.Ok;
    }

    private void Set(string name, VersionEntry entry)
    {
        lock (_gate)
        {
            SetLocked(name, entry);
        }
    }

    private void SetLocked(string name, VersionEntry entry)
    {
        ServableTable table = registry.Current;
        ModelEntry model = table.Models.FirstOrDefault(model => model.Name == name) ?? new ModelEntry(name, []);
        ImmutableArray<VersionEntry> versions = [.. model.Versions.Where(other => other.Version != entry.Version).Append(entry).OrderBy(static other => other.Version)];
        registry.Publish(new ServableTable(table.Models.Where(other => other.Name != name).Append(new ModelEntry(name, versions))));
        Log.StateChanged(log, name, entry.Version, entry.State.ToString().ToUpperInvariant(), entry.Reason is null ? "OK" : "UNKNOWN");
    }
}
