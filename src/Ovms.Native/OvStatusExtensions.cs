using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Ovms.Native;

/// <summary>From status to exception in one verb.</summary>
public static class OvStatusExtensions
{
    /// <summary>
    /// Throws unless the status is <see cref="OvStatus.Ok"/>. Call it right after the native call: the text that explains
    /// the failure is shared by the whole process and the next failure overwrites it.
    /// </summary>
    /// <param name="status">What the call answered.</param>
    /// <param name="call">The call; by default the expression itself, of which the function's name is kept.</param>
    /// <exception cref="OpenVinoException">The status is not Ok.</exception>
    [StackTraceHidden]
    public static void Check(this OvStatus status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != OvStatus.Ok)
            OpenVinoException.Throw(status, call);
    }
}
