using Ovms.Devices.Cpu;
using Ovms.Observability;
using Ovms.Repository;
using Ovms.Repository.Remote;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Applies the effects of a look outside of serving: the CPU plan gets the models, and unneeded local copies from object stores are
/// deleted.
/// </summary>
/// <param name="cpus">Receives the names of models that may run on the CPU.</param>
/// <param name="remotes">Owns the local copies.</param>
/// <param name="log">Logs unexpected exceptions.</param>
internal sealed class LookEffects(CpuPlanner cpus, RemoteRepositories remotes, ILogger log)
{
    private readonly Lock _trimLock = new();
    private Desired? _newest;

    /// <summary>Completes when unneeded copies have been deleted after the newest look.</summary>
    public Task Trimming { get; private set; } = Task.CompletedTask;

    /// <summary>Applies a look. Must be quick, since the loop calls it before it begins a load.</summary>
    public void Apply(Desired desired)
    {
        cpus.SetModels(desired.Models
            .Where(static model => model.Config is { Device.MayUseCpu: true, Composition: null })
            .Select(static model => model.Name));
        if (remotes.IsUsed)
        {
            // Deletion blocks on the disk, so it runs in the background.
            Volatile.Write(ref _newest, desired);
            Trimming = Task.Run(Trim);
        }
    }

    private void Trim()
    {
        lock (_trimLock)
        {
            if (Interlocked.Exchange(ref _newest, null) is not { } desired)
            {
                return;
            }

            try
            {
                foreach (DesiredModel model in desired.Models)
                {
                    if (model is { Config: { } config, Versions: { } versions } && RemotePath.IsRemote(config.BasePath))
                    {
                        remotes.Trim(config.BasePath, config.Versions.Select(versions.Select(static version => version.Folder.Version)));
                    }
                }

                remotes.TrimForgotten();
            }
            catch (Exception surprise)
            {
                // Remaining copies only use disk space. The next look tries again.
                Log.TrimSurprised(log, surprise);
            }
        }
    }
}
