using System.Diagnostics;
using Microsoft.Extensions.ObjectPool;

namespace Ovms.Tensors;

/// <summary>
/// Objects that calls use one after the other instead of making new ones. Each belongs to whoever rented it until it is given back. The
/// part of the server whose calls they serve owns this, and with it the objects that are idle.
/// </summary>
/// <typeparam name="T">What is kept.</typeparam>
internal sealed class Recycled<T>
    where T : Recyclable
{
    // More than there are calls at a time on most machines.
    private const int UsualPerCore = 32;

    private readonly ObjectPool<T> _idle;

    /// <param name="create">Makes a new one when none is idle; gets told where it goes back to.</param>
    /// <param name="most">How many idle ones are kept, further ones are left to the collector; 0 = as many as calls are usually under way.</param>
    public Recycled(Func<Recycled<T>, T> create, int most = 0) =>
        _idle = new DefaultObjectPool<T>(new Policy(() => create(this)), most > 0 ? most : Environment.ProcessorCount * UsualPerCore);

    /// <summary>An object that nobody else uses.</summary>
    public T Rent()
    {
        T item = _idle.Get();
        item.BeginUse();
        return item;
    }

    /// <summary>Keeps an object for the next <see cref="Rent"/>. Its user ended the use before (<see cref="Recyclable.TryEndUse"/>).</summary>
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

/// <summary>An object that a <see cref="Recycled{T}"/> keeps; knows whether it is in use, and tells one use from the next.</summary>
internal abstract class Recyclable
{
    // Odd while in use. Each use begins and ends with the next number.
    private int _stamp;

    /// <summary>Names this use of the object: another value says that the use ended, and the object may be somebody else's.</summary>
    public int Stamp => Volatile.Read(ref _stamp);

    /// <summary>Whether somebody rented it and did not end that use.</summary>
    public bool IsInUse => (Stamp & 1) == 1;

    /// <summary>Called by <see cref="Recycled{T}"/> alone.</summary>
    internal void BeginUse()
    {
        int stamp = Interlocked.Increment(ref _stamp);
        Debug.Assert((stamp & 1) == 1, "An idle object is nobody's.");
    }

    /// <summary>Ends one use. Of several threads that try, one succeeds; it then clears the object and gives it back.</summary>
    /// <param name="stamp">The <see cref="Stamp"/> of that use.</param>
    /// <returns>False where that use ended already, whoever uses the object now.</returns>
    protected bool TryEndUse(int stamp) => (stamp & 1) == 1 && Interlocked.CompareExchange(ref _stamp, stamp + 1, stamp) == stamp;
}
