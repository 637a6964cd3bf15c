using System.Runtime.InteropServices;

namespace Ovms.Pipelines.Libraries;

/// <summary>A parameter in the interface of custom nodes, as laid out in memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CustomNodeParam
{
    /// <summary>The key, ended by NUL.</summary>
    public byte* Key;

    /// <summary>The value, ended by NUL.</summary>
    public byte* Value;
}
