using System.Runtime.InteropServices;

namespace Ovms.Native.Marshalling;

/// <summary>
/// A <c>std::string</c> in the layout of libstdc++, 32 bytes: an element of a string tensor, for which the C API has no getter. Texts of
/// up to 15 bytes are stored in the object, and the pointer then points there. So the object must never be moved or copied here.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct StdString
{
    private readonly byte* _data;
    private readonly nuint _length;
    // For a short text the text and a NUL, else the capacity of _data. Not used here.
    private readonly UInt128 _localOrCapacity;

    /// <summary>The text in place, without a copy.</summary>
    internal Span<byte> AsSpan() => new(_data, checked((int)_length));

    /// <summary>Throws on platforms whose C++ library has another string layout.</summary>
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
