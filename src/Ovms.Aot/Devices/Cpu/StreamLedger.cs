using Ovms.Observability;

namespace Ovms.Devices.Cpu;

/// <summary>Counts the streams of loaded models on the CPU. With more streams than CPUs, concurrent calls slow each other.</summary>
/// <param name="clock">The clock; null for the system's.</param>
internal sealed class StreamLedger(TimeProvider? clock = null)
{
    private readonly Lock _gate = new();

    // By version. Where there are several, the last one counts: the others are being replaced, or were loaded before a trial of another.
    private readonly Dictionary<string, List<Entry>> _entries = [];
    private readonly OncePerMinute _tell = new(clock);

    /// <summary>Adds a model version; it counts in the place of the version's former entries while it lives.</summary>
    /// <param name="version">The model's name and version.</param>
    /// <param name="streams">Its streams on the CPU.</param>
    /// <param name="cpus">The number of CPUs for all models.</param>
    /// <param name="entry">Its streams, which may change; dispose it when the model is unloaded.</param>
    /// <returns>A warning if the total now exceeds the CPUs, at most once a minute; else null.</returns>
    public string? Add(string version, int streams, int cpus, out Entry entry)
    {
        lock (_gate)
        {
            entry = new Entry(this, version, streams);
            if (!_entries.TryGetValue(version, out List<Entry>? all))
            {
                _entries[version] = all = [];
            }

            all.Add(entry);
            int total = _entries.Values.Sum(static all => all[^1].Streams);
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
            if (_entries.TryGetValue(entry.Version, out List<Entry>? all) && all.Remove(entry) && all.Count == 0)
            {
                _entries.Remove(entry.Version);
            }
        }
    }

    /// <summary>The streams of one loaded model.</summary>
    internal sealed class Entry(StreamLedger ledger, string version, int streams) : IDisposable
    {
        private volatile int _streams = streams;

        /// <summary>The model's name and version.</summary>
        public string Version => version;

        /// <summary>Its streams on the CPU. They change when AUTO moves it to another device.</summary>
        public int Streams
        {
            get => _streams;
            set => _streams = value;
        }

        /// <inheritdoc/>
        public void Dispose() => ledger.Remove(this);
    }
}
