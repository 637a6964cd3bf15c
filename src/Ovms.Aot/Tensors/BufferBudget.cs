using Ovms.Status;

namespace Ovms.Tensors;

/// <summary>Memory budget that a <see cref="NativeBuffer"/> asks before it grows. Implemented by the front ends.</summary>
internal abstract class BufferBudget : Recyclable
{
    /// <summary>Takes bytes. The budget's creator returns what a buffer holds at the end, since it may outlive the budget.</summary>
    /// <exception cref="OvmsException">The budget is exhausted; the outcome says so.</exception>
    public abstract void Take(long bytes);

    /// <summary>Returns the bytes of a buffer that is disposed before the budget ends.</summary>
    public abstract void Release(long bytes);
}
