using System.Numerics;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// The nodes whose inputs have changed since they were last looked at. Consumers come out before their producers, so that packets leave the
/// graph before new ones are made.
/// </summary>
/// <param name="nodes">Number of nodes.</param>
internal sealed class DirtySet(int nodes)
{
    private readonly ulong[] _words = new ulong[(nodes + 63) / 64];

    /// <summary>Adds a node; no effect if it is in the set.</summary>
    public void Add(int node) => _words[node >> 6] |= 1UL << (node & 63);

    /// <summary>Adds all nodes.</summary>
    public void AddAll()
    {
        for (int i = 0; i < nodes; i++)
        {
            Add(i);
        }
    }

    /// <summary>Removes the node that is last in the order of the plan; −1 if the set is empty.</summary>
    public int TakeLast()
    {
        for (int i = _words.Length - 1; i >= 0; i--)
        {
            if (_words[i] != 0)
            {
                int bit = BitOperations.Log2(_words[i]);
                _words[i] &= ~(1UL << bit);
                return (i << 6) + bit;
            }
        }

        return -1;
    }
}
