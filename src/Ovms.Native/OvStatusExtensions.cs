using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Ovms.Native;

/// <summary>Turns a failed status into an exception.</summary>
public static class OvStatusExtensions
{
    /// <summary>
    /// Throws unless the status is <see cref="OvStatus.Ok"/>. Call it right after the native call: the error text is shared by the whole
    /// process, and the next failure overwrites it.
    /// </summary>
    /// <param name="status">The result of the call.</param>
    /// <param name="call">The call; by default the expression itself, from which the function's name is taken.</param>
    /// <exception cref="OpenVinoException">The status is not Ok.</exception>
    [StackTraceHidden]
    public static void Check(this OvStatus status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != OvStatus.Ok)
            OpenVinoException.Throw(status, call);
    }
}
