using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>A native call failed.</summary>
public sealed class OpenVinoException : Exception
{
    private OpenVinoException(OvStatus status, string call, string detail)
        : base($"{call} failed with {status}: {detail}")
    {
        Status = status;
        Call = call;
        Detail = detail;
    }

    /// <summary>The status; too coarse to distinguish causes.</summary>
    public OvStatus Status { get; }

    /// <summary>The native function, e.g. <c>ov_core_read_model</c>.</summary>
    public string Call { get; }

    /// <summary>
    /// OpenVINO's own text, for people. Do not branch on it: when two threads fail at once, one may read the text of the other.
    /// </summary>
    public string Detail { get; }

    /// <summary><see cref="Detail"/> in one line, for the middle of a sentence.</summary>
    public string Said => EngineText.Clean(Detail) is { Length: > 0 } said ? said : $"{Call} answers {Status}";

    /// <summary>The exception for a call that returned <paramref name="status"/>. Use it right after the call, on its thread.</summary>
    /// <param name="status">A failure.</param>
    /// <param name="call">The native function.</param>
    public static OpenVinoException FromLastError(OvStatus status, string call) => Create(status, call);

    [DoesNotReturn, StackTraceHidden]
    internal static void Throw(OvStatus status, string call) => throw Create(status, call);

    private static OpenVinoException Create(OvStatus status, string call)
    {
        string? detail = HasOwnText(status) ? OpenVino.ov_get_last_err_msg()?.Trim() : null;
        if (string.IsNullOrEmpty(detail))
            detail = OpenVino.ov_get_error_info(status) ?? "no detail";
        return new OpenVinoException(status, FunctionName(call), detail);
    }

    // When the C layer itself rejects a call, the last message is still that of an earlier failure.
    private static bool HasOwnText(OvStatus status) => status is not (OvStatus.InvalidCParam or OvStatus.NotImplementedCMethod);

    /// <summary>"OpenVino.ov_x(a, b)" → "ov_x".</summary>
    private static string FunctionName(string call)
    {
        int open = call.IndexOf('(');
        string name = open < 0 ? call : call[..open];
        return name[(name.LastIndexOf('.') + 1)..];
    }
}
