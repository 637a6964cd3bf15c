using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Ovms.Native.Interop;

namespace Ovms.Native.Marshalling;

/// <summary>A text the library made for us: read, then given back to <c>ov_free</c>.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedOut, typeof(OwnedUtf8String))]
internal static unsafe class OwnedUtf8String
{
    public static string? ConvertToManaged(byte* unmanaged) => Marshal.PtrToStringUTF8((IntPtr)unmanaged);

    public static void Free(byte* unmanaged)
    {
        // A failed call leaves its out-text null.
        if (unmanaged is not null)
            OpenVino.ov_free(unmanaged);
    }
}
