using Ovms.Pipelines.Tensors;

namespace Ovms.Pipelines.Execution;

/// <summary>Holds the memory of a call's outputs until they are sent.</summary>
internal sealed class ResponseMemory : IDisposable
{
    private readonly List<TensorMemory> _held = [];

    /// <summary>Takes over a hold.</summary>
    /// <param name="memory">The memory; null if it belongs to the request.</param>
    public void Add(TensorMemory? memory)
    {
        if (memory is not null)
        {
            _held.Add(memory);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _held.ForEach(static memory => memory.Release());
        _held.Clear();
    }
}
