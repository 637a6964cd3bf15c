using System.Runtime.InteropServices;

namespace Ovms.Native.Interop;

/// <summary><c>ov_property_t</c> (ov_property.h): key and value as UTF-8 text, both borrowed for the duration of the call.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ov_property_t
{
    public byte* key;
    public void* value;
}
