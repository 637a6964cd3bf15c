namespace Ovms.Devices.Cpu;

/// <summary>Counts the streams of loaded models on the CPU. With more streams than CPUs, concurrent calls slow each other.</summary>
internal sealed class StreamLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private bool _isOverCommitted;

    /// <summary>Adds a model version; after a reload it replaces its previous entry.</summary>
    /// <param name="version">The model's name and version.</param>
    /// <param name="streams">Its streams on the CPU.</param>
    /// <param name="cpus">The number of CPUs for all models.</param>
    /// <param name="entry">Dispose it when the model is unloaded.</param>
    /// <returns>A warning if the total now exceeds the CPUs and did not before; else null.</returns>
    public string? Add(string version, int streams, int cpus, out IDisposable entry)
    {
        lock (_gate)
        {
            Entry added = new(this, version, streams);
            entry = added;
            _entries[version] = added;
            int total = _entries.Values.Sum(static entry => entry.Streams);
            bool wasOverCommitted = _isOverCommitted;
            _isOverCommitted = total > cpus;
            return _isOverCommitted && !wasOverCommitted
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
