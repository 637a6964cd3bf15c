using System.Runtime.CompilerServices;
using Ovms.Observability;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Searches for devices that came after the start, while a model under AUTO without a list runs on the CPU: OpenVINO chose it by itself,
/// and nothing tells that it could choose better now.
/// </summary>
/// <remarks>A search makes a core of OpenVINO and asks its plugins, so that the pauses grow to a minute.</remarks>
/// <param name="registry">The models.</param>
/// <param name="findMore">Searches; blocks. Whether there are new devices.</param>
/// <param name="outdated">Told of each model that may choose devices which it does not know.</param>
/// <param name="time">The source of time.</param>
/// <param name="log">The log.</param>
internal sealed class DeviceSearch(
    ServableRegistry registry, Func<bool> findMore, Action<ServableId, Servable> outdated, TimeProvider time, ILogger log)
{
    private readonly ConditionalWeakTable<Servable, object> _told = [];

    /// <summary>Runs until cancelled.</summary>
    /// <param name="cancellation">Ends it without an exception.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            int searches = 0;
            while (true)
            {
                await Task.Delay(RetryPause.After(searches + 1), time, cancellation).ConfigureAwait(false);
                Servable[] missing =
                [
                    .. registry.Current.Models.SelectMany(static model => model.Versions)
                        .Select(static version => version.Servable)
                        .OfType<Servable>()
                        .Where(static servable => servable.Devices?.MayMissDevices == true),
                ];
                if (missing.Length == 0)
                {
                    // The next model of this kind is searched for soon.
                    searches = 0;
                    continue;
                }

                searches++;

                // A thread of its own, because a driver may not answer.
                await Task.Factory.StartNew(
                    () => Search(missing),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
                    TaskScheduler.Default).WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The normal end.
        }
    }

    private void Search(Servable[] missing)
    {
        try
        {
            // Another load may have found them.
            if (!missing.Any(static servable => servable.Devices!.IsOutdated) && !findMore())
            {
                return;
            }

            foreach (Servable servable in missing.Where(static servable => servable.Devices!.IsOutdated))
            {
                if (_told.TryAdd(servable, this))
                {
                    Log.DevicesCame(log, servable.Id.Name, servable.Id.Version, servable.Device);
                    outdated(servable.Id, servable);
                }
            }
        }
        catch (Exception surprise)
        {
            // The searches must go on.
            Log.DeviceSearchSurprised(log, surprise);
        }
    }
}
