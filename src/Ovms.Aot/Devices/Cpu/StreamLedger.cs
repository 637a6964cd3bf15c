using Ovms.Observability;

namespace Ovms.Devices.Cpu;

/// <summary>Counts the streams of loaded models on the CPU. With more streams than CPUs, concurrent calls slow each other.</summary>
/// <param name="clock">The clock; null for the system's.</param>
internal sealed class StreamLedger(TimeProvider? clock = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly OncePerMinute _tell = new(clock);

    /// <summary>Adds a model version; after a reload it replaces its previous entry.</summary>
    /// <param name="version">The model's name and version.</param>
    /// <param name="streams">Its streams on the CPU.</param>
    /// <param name="cpus">The number of CPUs for all models.</param>
    /// <param name="entry">Dispose it when the model is unloaded.</param>
    /// <returns>A warning if the total now exceeds the CPUs, at most once a minute; else null.</returns>
    public string? Add(string version, int streams, int cpus, out IDisposable entry)
    {
        lock (_gate)
        {
            Entry added = new(this, version, streams);
            entry = added;
            _entries[version] = added;
            int total = _entries.Values.Sum(static entry => entry.Streams);
            return total > cpus && _tell.IsDue()
                ? $"The loaded models have {total} streams on the CPU together, more than the {cpus} CPUs there are for them: "
                    + "calls to several at the same time slow each other. NUM_STREAMS in plugin_config sets a model's streams"
                : null;
        }
    }

    private void Remove(Entry entry)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(entry.Version, out Entry? current) && current == entry)
            {
                _entries.Remove(entry.Version);
            }
        }
    }

    private sealed class Entry(StreamLedger ledger, string version, int streams) : IDisposable
    {
        public string Version => version;

        public int Streams => streams;

        public void Dispose() => ledger.Remove(this);
    }
}
