using System.Runtime.InteropServices;

namespace Ovms.Native.Marshalling;

/// <summary>
/// A <c>std::string</c> as libstdc++ lays it out, 32 bytes: the elements of a string tensor, for which the C API has no
/// getter. Up to 15 bytes lie in the object itself, where the pointer then points; the object is never moved or copied here.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct StdString
{
    private readonly byte* _data;
    private readonly nuint _length;
    // Fifteen bytes of text and a NUL when short, else the capacity of what _data points to: neither is of use here.
    private readonly UInt128 _localOrCapacity;

    /// <summary>The text, in place.</summary>
    internal Span<byte> AsSpan() => new(_data, checked((int)_length));

    /// <summary>Refuses platforms whose C++ library lays strings out in another way.</summary>
    internal static void RequireKnownLayout()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(
                "String tensors are read and written in the memory layout of libstdc++, which is that of OpenVINO on Linux only. " +
                "On this platform use models without string inputs and outputs.");
        }
    }
}
