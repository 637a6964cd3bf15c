using System.Diagnostics;
using Ovms.Native;

namespace Ovms.Devices.Health;

/// <summary>
/// OpenVINO's core, and a new one where the old one cannot find a device: a plugin looks for its devices once, when its core first uses
/// it, so that a device that came later exists only for a new core.
/// </summary>
/// <remarks>
/// Former cores are kept until the end: their models may still serve. Their number stays small, since a core is replaced only when a
/// device has come or computes again. A GPU whose driver gave up what the process had opened is not found so: OpenVINO's GPU plugin
/// opens a device once for all cores of the process.
/// Thread-safe.
/// </remarks>
internal sealed class EngineCores : IDisposable
{
    // What a core says of its devices is not older than the core.
    private static readonly TimeSpan s_freshFor = TimeSpan.FromSeconds(1);

    // Each keeps memory of a device that fails, and of its plugin.
    private const int MostRejected = 4;

    private readonly Lock _gate = new();
    private readonly Func<Core>? _make;
    private readonly List<Core> _former = [];
    private readonly TimeProvider _clock;

    // What they compiled on a device that fails cannot be freed.
    private readonly List<Core> _rejected = [];
    private Core _current;
    private long _since;

    /// <summary>Owns the core.</summary>
    /// <param name="first">The core.</param>
    /// <param name="make">Makes another one like it; null if there is no other.</param>
    /// <param name="clock">The source of time; null for the system's.</param>
    public EngineCores(Core first, Func<Core>? make = null, TimeProvider? clock = null)
    {
        (_current, _make, _clock) = (first, make, clock ?? TimeProvider.System);
        _since = _clock.GetTimestamp();
    }

    /// <summary>The core for new models.</summary>
    public Core Current => Volatile.Read(ref _current);

    /// <summary>Tries a new core, and takes it for new models if it is better. Not in the first second of the current one.</summary>
    /// <param name="isBetter">Whether the new core finds what the current one does not.</param>
    /// <param name="usesDevices">Whether that compiles for devices. Few cores are tried so: one that is not better cannot be freed.</param>
    /// <returns>Whether there is a new current core.</returns>
    public bool TryRenew(Func<Core, bool> isBetter, bool usesDevices = false)
    {
        // A new core that hangs holds up no other load.
        if (!_gate.TryEnter())
        {
            return false;
        }

        try
        {
            if (_make is null || _clock.GetElapsedTime(_since) < s_freshFor || (usesDevices && _rejected.Count >= MostRejected))
            {
                return false;
            }

            Core fresh = _make();
            bool isTaken = false;
            try
            {
                isTaken = isBetter(fresh);
            }
            finally
            {
                if (!isTaken && usesDevices)
                {
                    _rejected.Add(fresh);
                }
                else if (!isTaken)
                {
                    fresh.Dispose();
                }
            }

            if (!isTaken)
            {
                return false;
            }

            _former.Add(_current);
            _since = _clock.GetTimestamp();
            Volatile.Write(ref _current, fresh);
            return true;
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

    /// <summary>
    /// Takes a new core for new models if this is the current one: a thread that never goes on may hold its locks, on which the next load
    /// would wait for ever, also of a model on the CPU.
    /// </summary>
    public void Leave(Core broken)
    {
        // A new core that hangs is not waited for.
        if (_make is null || !_gate.TryEnter(s_freshFor))
        {
            return;
        }

        try
        {
            if (_current == broken)
            {
                Core fresh = _make();
                _former.Add(broken);
                _since = Stopwatch.GetTimestamp();
                Volatile.Write(ref _current, fresh);
            }
        }
        catch (OpenVinoException)
        {
            // The old one may do.
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
