using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>Carries OpenVINO's log lines to a managed sink; one sink for the process, as the library has one callback.</summary>
internal static unsafe class LogCallback
{
    private static volatile Action<string>? s_sink;

    internal static void Set(Action<string>? sink)
    {
        s_sink = sink;
        // Null stands for silence in C. A line that is being written meanwhile still finds this function: it is never freed.
        OpenVino.ov_util_set_log_callback(sink is null ? null : &OnMessage);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMessage(byte* message)
    {
        try
        {
            s_sink?.Invoke(Marshal.PtrToStringUTF8((IntPtr)message) ?? "");
        }
        catch
        {
            // An exception that reached native code would end the process: a line of log is not worth that.
        }
    }
}
