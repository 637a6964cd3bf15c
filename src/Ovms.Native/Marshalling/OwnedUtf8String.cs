using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Ovms.Native.Interop;

namespace Ovms.Native.Marshalling;

/// <summary>Marshals a text that the library allocated: it is read, then freed with <c>ov_free</c>.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedOut, typeof(OwnedUtf8String))]
internal static unsafe class OwnedUtf8String
{
    public static string? ConvertToManaged(byte* unmanaged) => Marshal.PtrToStringUTF8((IntPtr)unmanaged);

    public static void Free(byte* unmanaged)
    {
        // After a failed call the pointer is null.
        if (unmanaged is not null)
            OpenVino.ov_free(unmanaged);
    }
}
