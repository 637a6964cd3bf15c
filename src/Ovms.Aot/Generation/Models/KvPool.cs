using Ovms.Native;

namespace Ovms.Generation.Models;

/// <summary>
/// The memory of all sequences of a paged model: one block of pages for each cache and state table. It never grows; the system provides a
/// page when it is first written.
/// </summary>
internal sealed unsafe class KvPool : IDisposable
{
    private readonly List<(int Input, Tensor Tensor)> _tensors = [];
    private readonly List<PageMemory> _memory = [];
    private readonly List<(PageMemory Memory, long RowBytes)> _tables = [];

    private KvPool()
    {
    }

    /// <summary>Reserves the memory.</summary>
    /// <exception cref="OutOfMemoryException">The system does not allow it.</exception>
    public static KvPool Reserve(KvPlan plan, int blocks, int rows)
    {
        KvPool pool = new();
        try
        {
            foreach (PortInfo cache in plan.Caches)
                pool.Add(cache, blocks);
            foreach (PortInfo table in plan.Tables)
                pool._tables.Add((pool.Add(table, rows), KvPlan.BytesOfOne(table)));
            return pool;
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    /// <summary>Makes it the memory of a request.</summary>
    public void BindTo(InferRequest request)
    {
        foreach ((int input, Tensor tensor) in _tensors)
            request.SetInput(input, tensor);
    }

    /// <summary>Sets a row of all state tables to the state before the first token.</summary>
    public void ClearRow(int row)
    {
        foreach ((PageMemory memory, long bytes) in _tables)
            memory.Clear(row * bytes, bytes);
    }

    /// <summary>Frees the memory; the requests that used it are disposed before.</summary>
    public void Dispose()
    {
        foreach ((_, Tensor tensor) in _tensors)
            tensor.Dispose();
        foreach (PageMemory memory in _memory)
            memory.Dispose();
    }

    private PageMemory Add(PortInfo port, int count)
    {
        long[] shape = new long[port.Shape.Rank];
        shape[0] = count;
        for (int i = 1; i < shape.Length; i++)
            shape[i] = port.Shape[i].Min;
        PageMemory memory = PageMemory.Reserve(checked(KvPlan.BytesOfOne(port) * count));
        _memory.Add(memory);
        _tensors.Add((port.Index, Tensor.FromHost(port.ElementType, shape, memory.Start)));
        return memory;
    }
}
