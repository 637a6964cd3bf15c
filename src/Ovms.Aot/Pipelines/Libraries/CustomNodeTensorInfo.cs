using System.Runtime.InteropServices;

namespace Ovms.Pipelines.Libraries;

/// <summary>The description of a tensor in the interface of custom nodes, as laid out in memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CustomNodeTensorInfo
{
    /// <summary>Its name, ended by NUL; the library's own.</summary>
    public byte* Name;

    /// <summary>The dimensions; 0 is a dynamic one.</summary>
    public ulong* Dims;

    /// <summary>Number of dimensions.</summary>
    public ulong DimsCount;

    /// <summary>See <see cref="NodePrecision"/>.</summary>
    public int Precision;
}
