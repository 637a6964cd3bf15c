using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Ovms.Native.Marshalling;

/// <summary>Marshals a text that the library owns (static storage): it is read and never freed.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedOut, typeof(BorrowedUtf8String))]
internal static unsafe class BorrowedUtf8String
{
    public static string? ConvertToManaged(byte* unmanaged) => Marshal.PtrToStringUTF8((IntPtr)unmanaged);
}
