using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ovms.Native.Interop;

namespace Ovms.Native.Handles;

/// <summary>
/// Owns one <c>ov_infer_request_t</c> and the <c>ov_callback_t</c> it points to. Releasing blocks until a running inference has ended.
/// So wait for the inference before disposing, and never leave a running request to the finalizer.
/// </summary>
internal sealed unsafe class InferRequestHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    private ov_callback_t* _callback;

    /// <summary>Whether a callback is set.</summary>
    internal bool HasCallback => _callback is not null;

    /// <summary>Sets the callback, once: the library keeps the pointer for the life of the request.</summary>
    internal OvStatus SetCallback(delegate* unmanaged[Cdecl]<void*, void> function, void* argument)
    {
        Debug.Assert(_callback is null, "The callback of an infer request is set once.");
        ov_callback_t* callback = (ov_callback_t*)NativeMemory.Alloc((nuint)sizeof(ov_callback_t));
        *callback = new ov_callback_t { callback_func = function, args = argument };
        OvStatus status = OpenVino.ov_infer_request_set_callback(this, callback);
        if (status == OvStatus.Ok)
            _callback = callback;
        else
            NativeMemory.Free(callback);
        return status;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_infer_request_free(handle);
        LiveObjects.InferRequestCount.Down();
        // Not earlier: the call above waits for a running callback, and after it no callback comes.
        NativeMemory.Free(_callback);
        return true;
    }
}
