using Microsoft.Win32.SafeHandles;
using Ovms.Native.Interop;

namespace Ovms.Native.Handles;

/// <summary>Owns one <c>ov_compiled_model_t</c>. Its infer requests remain valid after it is freed.</summary>
internal sealed class CompiledModelHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_compiled_model_free(handle);
        LiveObjects.CompiledModelCount.Down();
        return true;
    }
}
