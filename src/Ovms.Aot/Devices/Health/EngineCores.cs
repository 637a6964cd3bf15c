using System.Diagnostics;
using Ovms.Native;

namespace Ovms.Devices.Health;

/// <summary>
/// OpenVINO's core, and a new one where the old one cannot find a device: a plugin looks for its devices once, when its core first uses
/// it, so that a device that came later exists only for a new core.
/// </summary>
/// <remarks>
/// Former cores are kept until the end: their models may still serve. Their number stays small, since a core is replaced only when a
/// device has come. A device that was lost is not found so: OpenVINO's GPU plugin opens a device once for all cores of the process.
/// Thread-safe.
/// </remarks>
internal sealed class EngineCores : IDisposable
{
    // What a core says of its devices is not older than the core.
    private static readonly TimeSpan s_freshFor = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Func<Core>? _make;
    private readonly List<Core> _former = [];
    private Core _current;
    private long _since = Stopwatch.GetTimestamp();

    /// <summary>Owns the core.</summary>
    /// <param name="first">The core.</param>
    /// <param name="make">Makes another one like it; null if there is no other.</param>
    public EngineCores(Core first, Func<Core>? make = null) => (_current, _make) = (first, make);

    /// <summary>The core for new models.</summary>
    public Core Current => Volatile.Read(ref _current);

    /// <summary>Tries a new core, and takes it for new models if it is better. Not in the first second of the current one.</summary>
    /// <param name="isBetter">Whether the new core finds what the current one does not.</param>
    /// <returns>Whether there is a new current core.</returns>
    public bool TryRenew(Func<Core, bool> isBetter)
    {
        // A new core that hangs holds up no other load.
        if (!_gate.TryEnter())
        {
            return false;
        }

        try
        {
            if (_make is null || Stopwatch.GetElapsedTime(_since) < s_freshFor)
            {
                return false;
            }

            Core fresh = _make();
            if (!isBetter(fresh))
            {
                fresh.Dispose();
                return false;
            }

            _former.Add(_current);
            _since = Stopwatch.GetTimestamp();
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
