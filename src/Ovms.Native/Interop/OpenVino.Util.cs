using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ovms.Native.Interop;

// ov_util.h
internal static unsafe partial class OpenVino
{
    /// <summary>Process-wide. A null pointer silences the log; the message is borrowed for the duration of the call.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_util_set_log_callback(delegate* unmanaged[Cdecl]<byte*, void> func);
}
