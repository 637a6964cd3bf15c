using System.Runtime.InteropServices;

namespace Ovms.Native.Interop;

/// <summary>
/// <c>ov_dimension_t</c> (ov_dimension.h) and <c>ov_rank_t</c> (ov_rank.h), which is the same struct. Passed by value.
/// A static dimension has min = max; max is -1 without an upper bound.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ov_dimension_t
{
    public long min;
    public long max;
}
