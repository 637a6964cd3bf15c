using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>Passes OpenVINO's log lines to a managed sink. There is one sink per process, since the library has one callback.</summary>
internal static unsafe class LogCallback
{
    private static volatile Action<string>? s_sink;

    internal static void Set(Action<string>? sink)
    {
        s_sink = sink;
        // Null silences the log. A line being written at this moment may still call the function, which stays valid for ever.
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
            // An exception that reached native code would end the process. Losing a log line is better.
        }
    }
}
