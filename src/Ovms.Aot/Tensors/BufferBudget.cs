using Ovms.Status;

namespace Ovms.Tensors;

/// <summary>Whom a <see cref="NativeBuffer"/> asks before it grows. Abstract, since what is asked is a front end's and lies above tensors.</summary>
internal abstract class BufferBudget : Recyclable
{
    /// <summary>Counts bytes in. What a buffer holds in the end is given back by whoever made the budget, since the buffer may outlive it.</summary>
    /// <exception cref="OvmsException">There is no room for them; its outcome says so.</exception>
    public abstract void Take(long bytes);

    /// <summary>Counts bytes out: those of a buffer that ends before the budget does.</summary>
    public abstract void Release(long bytes);
}
