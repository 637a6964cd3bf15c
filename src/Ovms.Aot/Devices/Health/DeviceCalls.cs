using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Observability;
using Ovms.Status;

namespace Ovms.Devices.Health;

/// <summary>
/// The calls into OpenVINO that a device other than the CPU may break: compiling, making infer requests, freeing. Its plugins throw in
/// destructors if the device fails just then, at which C++ would end the process. A call that breaks costs its thread and what it held,
/// and nothing else. Thread-safe.
/// </summary>
/// <remarks>
/// The lost thread may hold locks of its core, so that new models are compiled by a new one. The device counts as failing until that core
/// has found it well.
/// </remarks>
/// <param name="cores">OpenVINO's core, replaced after each lost call.</param>
/// <param name="log">Logs each lost call.</param>
internal sealed class DeviceCalls(EngineCores cores, ILogger log)
{
    /// <summary>Number of lost calls of the process at which no more are made on the devices that broke them.</summary>
    public const int MostLost = 8;

    /// <summary>How long freeing may take: it may wait for ever for what a lost thread holds.</summary>
    public static readonly TimeSpan LongestFree = TimeSpan.FromSeconds(10);

    // By core and device that calls were made for: how many were lost, and the reason of the last.
    private readonly ConcurrentDictionary<(Core Core, string Device), (int Lost, string? Why)> _used = new();

    // By device that broke a call: whether it has to be asked before the next load.
    private readonly ConcurrentDictionary<string, bool> _broken = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Action> _kept = [];

    /// <summary>Number of calls that are lost.</summary>
    public static int Lost => GuardedCall.LostThreads;

    /// <summary>Makes a call, on a thread of its own.</summary>
    /// <param name="core">The core that it uses.</param>
    /// <param name="devices">The devices that it may use; at least one.</param>
    /// <param name="what">What it does, for messages: <c>compiling m</c>.</param>
    /// <param name="work">The call; it may throw. It must hold no lock.</param>
    /// <param name="limit">How long it may take; null for as long as it takes.</param>
    /// <returns>Ok if it is done; <see cref="StatusCode.DeviceFailed"/> with a sentence if it was lost, or not begun.</returns>
    public async Task<Outcome> RunAsync(Core core, ImmutableArray<string> devices, string what, Action work, TimeSpan? limit = null)
    {
        if (Lost >= MostLost && devices.Any(_broken.ContainsKey))
        {
            if (limit is not null)
            {
                // What it would have freed is kept: a finalizer would free it, unguarded.
                _kept.Add(work);
            }

            return Refusal(devices.First(_broken.ContainsKey));
        }

        foreach (string device in devices)
        {
            _used.TryAdd((core, device), (0, null));
        }

        GuardedCall.OnStrayThread(LoseStray);
        GuardedEnd end = await GuardedCall.RunAsync(work, limit).ConfigureAwait(false);
        if (end == GuardedEnd.Done)
        {
            return Outcome.Ok;
        }

        string why = end == GuardedEnd.Broken
            ? $"{Names(devices)} failed while the server was {what}, and OpenVINO's plugin {DeviceFault.Thrown}"
            : $"{Names(devices)}: {what} did not end, because it waits for what an earlier call holds that the device broke";
        Lose(core, devices, why);
        return Outcome.Fail(StatusCode.DeviceFailed, $"{why}. {Advice()}");
    }

    /// <summary>As <see cref="RunAsync"/>; blocks.</summary>
    public Outcome Run(Core core, ImmutableArray<string> devices, string what, Action work, TimeSpan? limit = null) =>
        RunAsync(core, devices, what, work, limit).GetAwaiter().GetResult();

    /// <summary>Devices that broke a call and on which nothing may be loaded now, each with the reason. Asks the devices; blocks.</summary>
    /// <param name="isMeant">Whether a device may be used by the load.</param>
    /// <param name="ask">Asks a device; null if it computes, else why not.</param>
    public IEnumerable<(string Device, Outcome Refusal)> Refusals(Func<string, bool> isMeant, Func<string, string?> ask)
    {
        foreach ((string device, bool isSuspect) in _broken.Where(pair => isMeant(pair.Key)))
        {
            if (Lost >= MostLost)
            {
                yield return (device, Refusal(device));
            }
            else if (isSuspect && ask(device) is { } why)
            {
                yield return (device, Outcome.Fail(StatusCode.DeviceFailed, $"{device} broke a call into OpenVINO and fails since: {why}"));
            }
            else
            {
                _broken.TryUpdate(device, false, true);
            }
        }
    }

    /// <summary>How many calls a core's device broke, and what happened at the last; none and null if it broke none.</summary>
    public (int Lost, string? Why) LossesOf(Core core, string device) => _used.GetValueOrDefault((core, device));

    // It tells no device.
    private void LoseStray()
    {
        Core core = cores.Current;
        ImmutableArray<string> devices = [.. _used.Keys.Where(key => key.Core == core).Select(static key => key.Device)];
        Lose(core, devices, $"{Names(devices)} failed, and a thread of OpenVINO's own {DeviceFault.Thrown}");
    }

    private void Lose(Core core, ImmutableArray<string> devices, string why)
    {
        cores.Leave(core);
        foreach (string device in devices)
        {
            _used.AddOrUpdate((core, device), (1, why), (_, losses) => (losses.Lost + 1, why));
            _broken[device] = true;
        }

        Log.DeviceCallLost(log, why, Lost, MostLost, Advice());
    }

    private static Outcome Refusal(string device) => Outcome.Fail(
        StatusCode.DeviceFailed,
        $"{device} failed so that {Lost} calls into OpenVINO's plugins were lost since the start. Nothing more is loaded or freed on it "
            + "until the server is restarted; models on other devices are served");

    private static string Advice() => "The server goes on. What that call held is lost until the server is restarted: "
        + (Lost >= MostLost ? "do so, because nothing more is loaded on the device" : "do so when it is convenient");

    private static string Names(ImmutableArray<string> devices) => devices.IsEmpty ? "A device" : string.Join(" or ", devices);
}
