using Microsoft.Win32.SafeHandles;
using Ovms.Native.Interop;

namespace Ovms.Native.Handles;

/// <summary>Owns one <c>ov_model_t</c>. Models compiled from it remain valid after it is freed.</summary>
internal sealed class ModelHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_model_free(handle);
        LiveObjects.ModelCount.Down();
        return true;
    }
}
