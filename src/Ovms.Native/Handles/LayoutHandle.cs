using Microsoft.Win32.SafeHandles;
using Ovms.Native.Interop;

namespace Ovms.Native.Handles;

/// <summary>Owns one <c>ov_layout_t</c>. Functions that take a layout copy it.</summary>
internal sealed class LayoutHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_layout_free(handle);
        return true;
    }
}
