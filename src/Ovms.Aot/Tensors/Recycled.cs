using System.Diagnostics;
using Microsoft.Extensions.ObjectPool;

namespace Ovms.Tensors;

/// <summary>
/// A pool of reusable objects. A rented object belongs to its renter until it is returned. The part of the server whose calls use the
/// objects owns the pool and the idle objects in it.
/// </summary>
/// <typeparam name="T">Type of the objects.</typeparam>
internal sealed class Recycled<T>
    where T : Recyclable
{
    // More than the number of concurrent calls on most machines.
    private const int UsualPerCore = 32;

    private readonly ObjectPool<T> _idle;

    /// <param name="create">Creates an object when none is idle; receives the pool to which the object returns.</param>
    /// <param name="most">Maximum number of idle objects; further ones are left to the collector. 0 = 32 for each processor.</param>
    public Recycled(Func<Recycled<T>, T> create, int most = 0)
    {
        int kept = most > 0 ? most : Environment.ProcessorCount * UsualPerCore;
        _idle = new DefaultObjectPool<T>(new Policy(() => create(this)), kept);
    }

    /// <summary>Rents an object for exclusive use.</summary>
    public T Rent()
    {
        T item = _idle.Get();
        item.BeginUse();
        return item;
    }

    /// <summary>Returns an object. Its user must have ended the use before (<see cref="Recyclable.TryEndUse"/>).</summary>
    public void Return(T item)
    {
        Debug.Assert(!item.IsInUse, "An object that is given back is nobody's.");
        _idle.Return(item);
    }

    private sealed class Policy(Func<T> create) : PooledObjectPolicy<T>
    {
        public override T Create() => create();

        public override bool Return(T obj) => true;
    }
}

/// <summary>An object for a <see cref="Recycled{T}"/>. It knows whether it is in use and distinguishes one use from the next.</summary>
internal abstract class Recyclable
{
    // Odd while in use. Each begin and each end of a use increments it.
    private int _stamp;

    /// <summary>Identifies the current use: a different value means that the use has ended and the object may have another user.</summary>
    public int Stamp => Volatile.Read(ref _stamp);

    /// <summary>Whether the object is rented and that use has not ended.</summary>
    public bool IsInUse => (Stamp & 1) == 1;

    /// <summary>Called only by <see cref="Recycled{T}"/>.</summary>
    internal void BeginUse()
    {
        int stamp = Interlocked.Increment(ref _stamp);
        Debug.Assert((stamp & 1) == 1, "An idle object is nobody's.");
    }

    /// <summary>Ends one use. Of several threads that try, one succeeds; that thread then clears the object and returns it.</summary>
    /// <param name="stamp">The <see cref="Stamp"/> of that use.</param>
    /// <returns>False if that use has already ended.</returns>
    protected bool TryEndUse(int stamp) => (stamp & 1) == 1 && Interlocked.CompareExchange(ref _stamp, stamp + 1, stamp) == stamp;
}
