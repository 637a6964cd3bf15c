using Microsoft.Win32.SafeHandles;
using Ovms.Native.Interop;

namespace Ovms.Native.Handles;

/// <summary>Owns one <c>ov_output_const_port_t</c>, only while a port is being read.</summary>
internal sealed class ConstPortHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_output_const_port_free(handle);
        return true;
    }
}
