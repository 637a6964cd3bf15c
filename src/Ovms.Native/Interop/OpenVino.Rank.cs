using System.Runtime.InteropServices;

namespace Ovms.Native.Interop;

/// <summary>
/// <c>ov_dimension_t</c> (ov_dimension.h) and <c>ov_rank_t</c> (ov_rank.h), which is the same struct.
/// Static is min = max; without an upper bound max is -1. Passed by value.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ov_dimension_t
{
    public long min;
    public long max;
}
