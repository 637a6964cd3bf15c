using System.Runtime.InteropServices;

namespace Ovms.Native;

/// <summary>
/// How many of the engine's objects live: made and not yet freed, whoever forgot them. A server that serves as much as before has as
/// many as before.
/// </summary>
public static class LiveObjects
{
    internal static readonly LiveCount ModelCount = new();
    internal static readonly LiveCount CompiledModelCount = new();
    internal static readonly LiveCount InferRequestCount = new();
    internal static readonly LiveCount TensorCount = new();

    /// <summary>Models that were read and not yet compiled away.</summary>
    public static long Models => ModelCount.Value;

    /// <summary>Compiled models.</summary>
    public static long CompiledModels => CompiledModelCount.Value;

    /// <summary>Infer requests.</summary>
    public static long InferRequests => InferRequestCount.Value;

    /// <summary>Tensors.</summary>
    public static long Tensors => TensorCount.Value;

    /// <summary>All as one line: <c>models 0, compiled models 2, infer requests 8, tensors 3</c>.</summary>
    public static string Describe() => $"models {Models}, compiled models {CompiledModels}, infer requests {InferRequests}, tensors {Tensors}";
}

/// <summary>A counter that many threads change at once without waiting for each other: each processor has its own cell.</summary>
internal sealed class LiveCount
{
    private const int Cells = 16;

    private readonly Cell[] _cells = new Cell[Cells];

    /// <summary>The sum; exact while nobody counts.</summary>
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

    /// <summary>One was made.</summary>
    public void Up() => Interlocked.Increment(ref Here);

    /// <summary>One was freed, on whatever thread.</summary>
    public void Down() => Interlocked.Decrement(ref Here);

    private ref long Here => ref _cells[Thread.GetCurrentProcessorId() & (Cells - 1)].Count;

    // Two cells never share a cache line, nor a pair of lines that is fetched together.
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Cell
    {
        public long Count;
    }
}
