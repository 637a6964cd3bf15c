using System.Runtime.CompilerServices;
using Ovms.Native;
using Ovms.Observability;
using Ovms.Serving.Health;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Looks at the devices of models and their variants under AUTO and MULTI, which change them without a report: soon after a failed call,
/// every few seconds while calls come, and every second until the device that AUTO waits for is ready. Also sees which models do not
/// compute any more.
/// </summary>
/// <param name="registry">The models.</param>
/// <param name="fell">Told of each model that runs on a worse device than it could, or does not compute any more.</param>
/// <param name="time">The source of time.</param>
/// <param name="log">Logs the changes.</param>
internal sealed class ExecutionWatch(ServableRegistry registry, Action<ServableId, Servable> fell, TimeProvider time, ILogger log)
{
    private const int PacesPerLook = 5;

    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(1);

    // A first inference may compile kernels.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly ConditionalWeakTable<Servable, Watched> _watched = [];

    /// <summary>Runs until cancelled.</summary>
    /// <param name="cancellation">Ends it without an exception.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(s_pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                foreach (VersionEntry entry in registry.Current.Models.SelectMany(static model => model.Versions))
                {
                    if (entry.Servable is { } servable)
                    {
                        Pass(servable);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The normal end.
        }
    }

    private void Pass(Servable servable)
    {
        Watched watched = _watched.GetOrCreateValue(servable);
        if (servable.Health.IsLost != watched.IsLossTold)
        {
            watched.IsLossTold = servable.Health.IsLost;
            if (watched.IsLossTold)
            {
                if (servable.Language is null)
                {
                    Log.ModelLost(log, servable.Id.Name, servable.Id.Version, ServableHealth.ProbesBeforeLost, servable.Device);
                }

                // The engine of a language model has told the log why.
                fell(servable.Id, servable);
            }
        }

        if (servable.Devices?.CanChange != true)
        {
            return;
        }

        Pass(servable, servable, watched);
        if (servable.Variants is not { } variants)
        {
            return;
        }

        foreach (Servable variant in variants.All)
        {
            Pass(variant, servable, _watched.GetOrCreateValue(variant));
        }

        watched.Fallen ??= new FallenVariants(servable, time, log);
        watched.Fallen.Pass();
    }

    // The calls of variants are counted as those of their model.
    private void Pass(Servable servable, Servable called, Watched watched)
    {
        if (servable.Devices!.HaveFallen && !watched.IsFallTold)
        {
            // It could not run on the better device from the start.
            watched.IsFallTold = true;
            Tell(servable, new DeviceChange(servable.Devices.Text, servable.Devices.Text, IsFall: true));
        }

        (long calls, long failed) = called.Statistics.Counted;
        watched.Paces++;
        bool isDue = servable.Devices.AreTemporary
            || failed != watched.Failed
            || (watched.Paces >= PacesPerLook && calls != watched.Calls);
        if (!isDue || watched.IsLooking || servable.TryKeep() is not { } lease)
        {
            return;
        }

        (watched.Calls, watched.Failed, watched.Paces, watched.IsLooking) = (calls, failed, 0, true);

        // A thread of its own, because a device that hangs may not answer.
        _ = Task.Factory.StartNew(
            () => LookAsync(lease, watched),
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);
    }

    private async Task LookAsync(ServableLease lease, Watched watched)
    {
        using (lease)
        {
            Servable servable = lease.Servable;
            try
            {
                DeviceChange? change = await servable.Devices!.LookAsync().ConfigureAwait(false);
                while (change is not null)
                {
                    watched.IsFallTold |= change.IsFall;
                    Tell(servable, change);

                    // A device that fails shows it now, and not at a caller's request.
                    change = change.IsFall || servable.WarmUp is not { } zeros
                        ? null
                        : await WarmUpAsync(servable, zeros, change.Now).ConfigureAwait(false);
                }
            }
            catch (Exception surprise)
            {
                Log.DeviceLookSurprised(log, servable.Id.Name, servable.Id.Version, surprise);
            }
            finally
            {
                watched.IsLooking = false;
            }
        }
    }

    // The change that the inference caused, if it did.
    private async Task<DeviceChange?> WarmUpAsync(Servable servable, ZeroInference zeros, string devices)
    {
        long began = time.GetTimestamp();
        ZeroResult result = await zeros.RunAsync(s_patience).ConfigureAwait(false);
        double seconds = time.GetElapsedTime(began).TotalSeconds;
        DeviceChange? change = await servable.Devices!.LookAsync().ConfigureAwait(false);
        string outcome = OutcomeOf(result, servable.Devices.Asked, change);
        Log.WarmedAgain(log, servable.Id.Name, servable.Id.Version, devices, seconds, outcome);
        return change;
    }

    /// <summary>What the log says of an inference with zeros. Pure.</summary>
    /// <param name="result">How it ended.</param>
    /// <param name="asked">The devices that were asked for.</param>
    /// <param name="change">
    /// What changed meanwhile: AUTO and MULTI leave a device that fails, and compute on another without an error.
    /// </param>
    internal static string OutcomeOf(ZeroResult result, string asked, DeviceChange? change) =>
        !result.HasAnswer ? $"no answer within {s_patience.TotalSeconds:F0} s"
        : !result.IsWell ? EngineText.Clean(result.Fault.Detail)
        : change is { IsFall: true } ? $"failed there, so that {asked} left it and computed on {change.Now}"
        : "well";

    private void Tell(Servable servable, DeviceChange change)
    {
        ExecutingDevices devices = servable.Devices!;
        if (servable.IsVariant)
        {
            // FallenVariants takes care of a fall.
            Log.VariantDevicesChanged(
                log, servable.Id.Name, servable.Id.Version, change.Now, change.Before, devices.StreamsText, servable.Requests);
            return;
        }

        if (change.Now != change.Before)
        {
            Log.DevicesChanged(
                log, servable.Id.Name, servable.Id.Version, change.Now, change.Before, devices.StreamsText, servable.Requests);
        }

        if (change.IsFall)
        {
            // What was so from the start, its load has logged.
            if (change.Now != change.Before)
            {
                Log.DeviceFell(log, servable.Id.Name, servable.Id.Version, change.Now, devices.Asked, change.Before);
            }

            fell(servable.Id, servable);
        }
    }

    private sealed class Watched
    {
        private volatile bool _isLooking;

        public bool IsLooking
        {
            get => _isLooking;
            set => _isLooking = value;
        }

        public bool IsFallTold { get; set; }

        public bool IsLossTold { get; set; }

        public FallenVariants? Fallen { get; set; }

        public int Paces { get; set; }

        public long Calls { get; set; }

        public long Failed { get; set; }
    }
}
