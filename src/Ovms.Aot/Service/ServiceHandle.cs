using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Ovms.Service;

/// <summary>A handle of the service control manager or of a service.</summary>
[SupportedOSPlatform("windows")]
internal sealed class ServiceHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => ServiceControl.CloseServiceHandle(handle);
}
