using Microsoft.Win32.SafeHandles;
using Ovms.Native.Interop;

namespace Ovms.Native.Handles;

/// <summary>Owns one <c>ov_tensor_t</c>. Its memory is shared with the requests that use it and freed with the last of them.</summary>
internal sealed class TensorHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_tensor_free(handle);
        LiveObjects.TensorCount.Down();
        return true;
    }
}
