using System.Collections;

namespace Ovms.Generation.Scheduling;

/// <summary>Sequences in the order of service: by the arrival of their calls, then by their answers.</summary>
internal sealed class SequenceLine : IReadOnlyList<Sequence>
{
    private readonly List<Sequence> _sequences = [];

    /// <inheritdoc/>
    public int Count => _sequences.Count;

    /// <inheritdoc/>
    public Sequence this[int index] => _sequences[index];

    /// <summary>Adds a sequence at its place; usually the last.</summary>
    public void Add(Sequence sequence) => _sequences.Insert(PlaceOf(sequence), sequence);

    /// <summary>Removes a sequence.</summary>
    /// <returns>False if it is not here.</returns>
    public bool Remove(Sequence sequence)
    {
        int place = PlaceOf(sequence);
        if (place == _sequences.Count || _sequences[place] != sequence)
        {
            return false;
        }

        _sequences.RemoveAt(place);
        return true;
    }

    /// <inheritdoc/>
    public IEnumerator<Sequence> GetEnumerator() => _sequences.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // The number of sequences before it.
    private int PlaceOf(Sequence sequence)
    {
        int from = 0;
        int to = _sequences.Count;
        while (from < to)
        {
            int middle = (from + to) / 2;
            if (_sequences[middle].IsBefore(sequence))
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }

        return from;
    }
}
