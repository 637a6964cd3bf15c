using System.Runtime.InteropServices;

namespace Ovms.Pipelines.Tensors;

/// <summary>Memory that several tensors share. It is freed when its last holder releases it, on that holder's thread.</summary>
/// <param name="free">Frees the memory; must not throw.</param>
internal sealed class TensorMemory(Action free)
{
    private const nuint Alignment = 64;
    private int _holds = 1;

    /// <summary>Allocates memory, uninitialised and aligned to a cache line.</summary>
    /// <param name="bytes">Its size; may be 0.</param>
    /// <param name="address">Its address; never null.</param>
    /// <exception cref="OutOfMemoryException">There is no memory.</exception>
    public static unsafe TensorMemory Allocate(long bytes, out nint address)
    {
        void* block = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), Alignment);
        address = (nint)block;
        return new TensorMemory(() => NativeMemory.AlignedFree(block));
    }

    /// <summary>Adds a holder. Only somebody who holds it may call this.</summary>
    public TensorMemory Hold()
    {
        Interlocked.Increment(ref _holds);
        return this;
    }

    /// <summary>Removes a holder.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            free();
        }
    }
}
