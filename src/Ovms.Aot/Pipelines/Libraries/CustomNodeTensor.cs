using System.Runtime.InteropServices;

namespace Ovms.Pipelines.Libraries;

/// <summary>A tensor in the interface of custom nodes, as laid out in memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CustomNodeTensor
{
    /// <summary>Its name, ended by NUL; of outputs the library's own.</summary>
    public byte* Name;

    /// <summary>The elements.</summary>
    public byte* Data;

    /// <summary>Bytes of the elements.</summary>
    public ulong DataBytes;

    /// <summary>The dimensions.</summary>
    public ulong* Dims;

    /// <summary>Number of dimensions.</summary>
    public ulong DimsCount;

    /// <summary>See <see cref="NodePrecision"/>.</summary>
    public int Precision;
}
