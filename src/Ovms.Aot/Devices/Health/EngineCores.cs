using System.Diagnostics;
using Ovms.Native;

namespace Ovms.Devices.Health;

/// <summary>What a new core shows of the devices that the current one does not find, or finds failing.</summary>
internal enum CoreTrial
{
    /// <summary>It has no more devices.</summary>
    Same,

    /// <summary>Its devices are there and compute.</summary>
    Better,

    /// <summary>It has opened a device that fails, and must not be freed: the plugin may end the process.</summary>
    Fails,
}

/// <summary>
/// OpenVINO's core, and a new one where the old one cannot find a device: a plugin looks for its devices once, when its core first uses
/// it, and keeps what it opened, so that a device that came or came back later may exist only for a new core.
/// </summary>
/// <remarks>
/// Former cores are kept until the end: their models may still serve. Their number stays small: a core is replaced only when a device has
/// come, and new cores whose device fails are made rarely and seldom. Thread-safe.
/// </remarks>
internal sealed class EngineCores : IDisposable
{
    /// <summary>How many new cores may have a device that fails.</summary>
    public const int MostFailing = 5;

    // What a core says of its devices is not older than the core.
    private static readonly TimeSpan s_freshFor = TimeSpan.FromSeconds(1);

    // After each new core whose device fails, the pause until the next one grows by this factor: 8 s, 64 s, 9 minutes, 68 minutes.
    private const int PauseFactor = 8;

    private readonly Lock _gate = new();
    private readonly Func<Core>? _make;
    private readonly List<Core> _former = [];
    private Core _current;
    private long _since = Stopwatch.GetTimestamp();
    private TimeSpan _pause = s_freshFor;
    private int _failing;

    /// <summary>Owns the core.</summary>
    /// <param name="first">The core.</param>
    /// <param name="make">Makes another one like it; null if there is no other.</param>
    public EngineCores(Core first, Func<Core>? make = null) => (_current, _make) = (first, make);

    /// <summary>The core for new models.</summary>
    public Core Current => Volatile.Read(ref _current);

    /// <summary>Tries a new core, and takes it for new models if it is better. Not in the first second of the current one.</summary>
    /// <param name="compare">Compares the new core with the current one.</param>
    /// <returns>Whether there is a new current core.</returns>
    public bool TryRenew(Func<Core, CoreTrial> compare)
    {
        // A new core that hangs holds up no other load.
        if (!_gate.TryEnter())
        {
            return false;
        }

        try
        {
            if (_make is null || _failing >= MostFailing || Stopwatch.GetElapsedTime(_since) < _pause)
            {
                return false;
            }

            Core fresh = _make();
            CoreTrial trial = compare(fresh);
            if (trial == CoreTrial.Same)
            {
                fresh.Dispose();
                return false;
            }

            bool isBetter = trial == CoreTrial.Better;
            _former.Add(isBetter ? _current : fresh);
            _failing = isBetter ? 0 : _failing + 1;
            _pause = isBetter ? s_freshFor : _pause * PauseFactor;
            _since = Stopwatch.GetTimestamp();
            if (isBetter)
            {
                Volatile.Write(ref _current, fresh);
            }

            return isBetter;
        }
        catch (OpenVinoException)
        {
            return false;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _current.Dispose();
        _former.ForEach(static core => core.Dispose());
    }
}
