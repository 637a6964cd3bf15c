using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ovms.Native.Tests.Setup;

/// <summary>A completion callback that counts, and that a test can have do something on the callback's thread.</summary>
internal sealed unsafe class Completion : IDisposable
{
    private readonly GCHandle _self;
    private readonly TaskCompletionSource _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    internal Completion() => _self = GCHandle.Alloc(this);

    /// <summary>Done inside the callback.</summary>
    internal Action? OnCallback { get; set; }

    /// <summary>How often the callback came.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Completes when the first callback is over.</summary>
    internal Task Fired => _fired.Task;

    /// <summary>What native hands back to the callback.</summary>
    internal void* Argument => (void*)GCHandle.ToIntPtr(_self);

    internal static delegate* unmanaged[Cdecl]<void*, void> Function => &Called;

    internal void Attach(InferRequest request) => request.SetCallback(Function, Argument);

    public void Dispose() => _self.Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Called(void* argument)
    {
        Completion completion = (Completion)GCHandle.FromIntPtr((IntPtr)argument).Target!;
        completion.OnCallback?.Invoke();
        Interlocked.Increment(ref completion._count);
        completion._fired.TrySetResult();
    }
}
