using System.Runtime.InteropServices;

namespace Ovms.Native;

/// <summary>
/// Counts native OpenVINO objects that were created and not freed yet. While the server serves the same models, the counts stay the
/// same; growth is a leak.
/// </summary>
public static class LiveObjects
{
    internal static readonly LiveCount ModelCount = new();
    internal static readonly LiveCount CompiledModelCount = new();
    internal static readonly LiveCount InferRequestCount = new();
    internal static readonly LiveCount TensorCount = new();

    /// <summary>Models that were read and not disposed.</summary>
    public static long Models => ModelCount.Value;

    /// <summary>Compiled models.</summary>
    public static long CompiledModels => CompiledModelCount.Value;

    /// <summary>Infer requests.</summary>
    public static long InferRequests => InferRequestCount.Value;

    /// <summary>Tensors.</summary>
    public static long Tensors => TensorCount.Value;

    /// <summary>All counts in one line: <c>models 0, compiled models 2, infer requests 8, tensors 3</c>.</summary>
    public static string Describe() =>
        $"models {Models}, compiled models {CompiledModels}, infer requests {InferRequests}, tensors {Tensors}";
}

/// <summary>A counter for many threads: each processor has its own cell, so that threads do not contend.</summary>
internal sealed class LiveCount
{
    private const int Cells = 16;

    private readonly Cell[] _cells = new Cell[Cells];

    /// <summary>The sum; exact while no thread is counting.</summary>
    public long Value
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < _cells.Length; i++)
            {
                sum += Interlocked.Read(ref _cells[i].Count);
            }

            return sum;
        }
    }

    /// <summary>Counts a created object.</summary>
    public void Up() => Interlocked.Increment(ref Here);

    /// <summary>Counts a freed object; on any thread.</summary>
    public void Down() => Interlocked.Decrement(ref Here);

    private ref long Here => ref _cells[Thread.GetCurrentProcessorId() & (Cells - 1)].Count;

    // 128 bytes: cells never share a cache line, nor a pair of lines that is prefetched together.
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Cell
    {
        public long Count;
    }
}
