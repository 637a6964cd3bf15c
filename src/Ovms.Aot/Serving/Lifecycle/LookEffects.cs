using Ovms.Devices.Cpu;
using Ovms.Observability;
using Ovms.Repository;
using Ovms.Repository.Remote;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// What follows outside of serving from a look that was taken over: which models the CPUs are split between, and which copies of files
/// from object stores may go.
/// </summary>
/// <param name="cpus">Is told which models may run on the CPU.</param>
/// <param name="remotes">Whose copies are deleted.</param>
/// <param name="log">Where a surprise is told.</param>
internal sealed class LookEffects(CpuPlanner cpus, RemoteRepositories remotes, ILogger log)
{
    private readonly Lock _oneAtATime = new();
    private Desired? _newest;

    /// <summary>Ends when copies have been deleted for the look that was taken over last.</summary>
    public Task Trimming { get; private set; } = Task.CompletedTask;

    /// <summary>Takes a look over; quick, since the loop calls it before it begins a load.</summary>
    public void Apply(Desired desired)
    {
        cpus.SetModels(desired.Models.Where(static model => model.Config is { Device.MayUseCpu: true }).Select(static model => model.Name));
        if (remotes.IsUsed)
        {
            // Deleting takes as long as the disk takes.
            Volatile.Write(ref _newest, desired);
            Trimming = Task.Run(Trim);
        }
    }

    private void Trim()
    {
        lock (_oneAtATime)
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
                // Copies that stay cost room on a disk; the next look tries again.
                Log.TrimSurprised(log, surprise);
            }
        }
    }
}
