using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ovms.Native.Interop;

/// <summary>
/// What the process does instead of ending when C++ calls <c>std::terminate</c>, because an exception left a destructor, a
/// <c>noexcept</c> function or a thread: the thread that threw stops for ever, and the process goes on.
/// </summary>
/// <remarks>
/// libstdc++ calls its handler on the thread that threw, whose inner frames are unwound; a handler must not return, but may wait. What
/// the thread's outer frames hold, memory, objects and perhaps locks, stays theirs for ever. There is one handler in a process. It is
/// set only where a device other than the CPU is used: until then an exception in the CPU plugin ends the process as always.
/// </remarks>
internal static unsafe class TerminateHandler
{
    // std::set_terminate(void (*)())
    private const string SetTerminate = "_ZSt13set_terminatePFvvE";

    private static readonly Lock s_gate = new();
    private static volatile bool s_isTried;
    private static volatile bool s_isSet;
    private static int s_stopped;
    private static int s_strays;

    [ThreadStatic]
    private static GuardedCall? s_call;

    /// <summary>Number of threads that were stopped.</summary>
    public static int Stopped => Volatile.Read(ref s_stopped);

    /// <summary>Number of those that were OpenVINO's own: they threw in no guarded call.</summary>
    public static int Strays => Volatile.Read(ref s_strays);

    /// <summary>Called on a thread of the pool after one of OpenVINO's own threads was stopped.</summary>
    public static Action? OnStray { get; set; }

    /// <summary>Whether this thread makes a guarded call.</summary>
    public static bool IsInCall => s_call is not null;

    /// <summary>Sets the handler, once.</summary>
    /// <returns>False where libstdc++ is not the C++ library: on Windows.</returns>
    public static bool TrySet()
    {
        if (s_isTried)
            return s_isSet;
        lock (s_gate)
        {
            if (!s_isTried && OperatingSystem.IsLinux() && Find() is not 0 and nint setter)
            {
                // The runtime makes its data of a thread at the first use: not in the handler.
                s_call = null;
                ((delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<void>, nint>)setter)(&OnTerminate);
                s_isSet = true;
            }

            s_isTried = true;
        }

        return s_isSet;
    }

    /// <summary>This thread makes the call from now on, for the rest of its life.</summary>
    public static void Enter(GuardedCall call) => s_call = call;

    // The library that OpenVINO uses is loaded, so this only finds it. It is never freed.
    private static nint Find() =>
        NativeLibrary.TryLoad("libstdc++.so.6", out nint library) && NativeLibrary.TryGetExport(library, SetTerminate, out nint setter)
            ? setter
            : 0;

    // The thread is in native code, called from managed code or not, so that the runtime takes this as any other callback, and waits for
    // nothing of a thread that sleeps. A thread of OpenVINO's own is stopped too: to end all models would be worse than to lose what waits
    // for it.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnTerminate()
    {
        Interlocked.Increment(ref s_stopped);
        if (s_call is { } call)
        {
            call.Break();
        }
        else
        {
            Interlocked.Increment(ref s_strays);
            if (OnStray is { } tell)
                ThreadPool.UnsafeQueueUserWorkItem(static tell => tell(), tell, preferLocal: false);
        }

        while (true)
            Thread.Sleep(Timeout.Infinite);
    }
}
