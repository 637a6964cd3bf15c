namespace Ovms.Devices.Cpu;

/// <summary>Counts the streams that loaded models have on the CPU. More of them than CPUs take turns, each call at the cost of others.</summary>
internal sealed class StreamLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private bool _isTold;

    /// <summary>Enters a model version; loaded anew it stands in its older self's place.</summary>
    /// <param name="version">Name and version.</param>
    /// <param name="streams">Its streams on the CPU.</param>
    /// <param name="cpus">How many CPUs there are for all.</param>
    /// <param name="entry">To be disposed when it is unloaded.</param>
    /// <returns>A sentence when all together are now more than the CPUs, and were not before; else null.</returns>
    public string? Add(string version, int streams, int cpus, out IDisposable entry)
    {
        lock (_gate)
        {
            Entry added = new(this, version, streams);
            entry = added;
            _entries[version] = added;
            int total = _entries.Values.Sum(static entry => entry.Streams);
            bool wasTold = _isTold;
            _isTold = total > cpus;
            return _isTold && !wasTold
                ? $"The loaded models have {total} streams on the CPU together, more than the {cpus} CPUs there are for them: calls to several at the same time slow each other. NUM_STREAMS in plugin_config sets a model's streams"
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
