using System.Collections.Immutable;
using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Pipelines.Libraries;

/// <summary>
/// A library as one node of a pipeline uses it, with the node's parameters. Calls may run concurrently. It ends when the pipeline, its
/// calls and their tensors have released it.
/// </summary>
/// <param name="library">The library.</param>
internal abstract class NodeInstance(NodeLibrary library)
{
    private int _holds = 1;

    /// <summary>The library.</summary>
    public NodeLibrary Library => library;

    /// <summary>What the node takes.</summary>
    public abstract Outcome<ImmutableArray<NodePort>> GetInputs();

    /// <summary>What the node gives.</summary>
    public abstract Outcome<ImmutableArray<NodePort>> GetOutputs();

    /// <summary>Computes. Blocks the thread as long as the library does.</summary>
    /// <param name="inputs">The inputs, whose memory the caller holds.</param>
    /// <param name="wanted">Names of the outputs that are used.</param>
    /// <param name="cancellation">Asks a built-in node to end early; a shared object does not see it.</param>
    /// <returns>The outputs in the order of the names, held by the caller; or what went wrong, without the node's name.</returns>
    public abstract Outcome<NodeTensor[]> Execute(
        IReadOnlyList<NamedTensor> inputs, IReadOnlyList<string> wanted, CancellationToken cancellation);

    /// <summary>Adds a holder. Only somebody who holds it may call this.</summary>
    public void Hold() => Interlocked.Increment(ref _holds);

    /// <summary>Adds a holder, for somebody who does not hold it.</summary>
    /// <returns>False if it has ended.</returns>
    public bool TryHold()
    {
        int seen = Volatile.Read(ref _holds);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _holds, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Removes a holder; the last one ends the instance.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            End();
        }
    }

    /// <summary>Frees what the instance has.</summary>
    protected abstract void End();
}
