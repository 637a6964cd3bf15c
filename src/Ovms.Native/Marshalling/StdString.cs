using System.Runtime.InteropServices;

namespace Ovms.Native.Marshalling;

/// <summary>
/// A <c>std::string</c>, an element of a string tensor, for which the C API has no getter. It has 32 bytes in both C++ libraries that
/// OpenVINO is built with: libstdc++ on Linux, Microsoft's on Windows. Texts of up to 15 bytes are stored in the object itself. So the
/// object must never be moved or copied here.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal readonly unsafe struct StdString
{
    // libstdc++: a pointer, which for a short text points into the object; the length; then the short text, or the capacity.
    [FieldOffset(0)]
    private readonly byte* _gnuData;
    [FieldOffset(8)]
    private readonly nuint _gnuLength;

    // Microsoft's: the short text, or a pointer; the length; the capacity, which tells which of both it is.
    [FieldOffset(0)]
    private readonly byte _microsoftText;
    [FieldOffset(0)]
    private readonly byte* _microsoftData;
    [FieldOffset(16)]
    private readonly nuint _microsoftLength;
    [FieldOffset(24)]
    private readonly nuint _microsoftCapacity;

    private const nuint MicrosoftShortCapacity = 15;

    /// <summary>The text of an element in place, without a copy.</summary>
    /// <param name="element">The element, in native memory.</param>
    internal static Span<byte> TextOf(StdString* element) => OperatingSystem.IsWindows() ? MicrosoftTextOf(element) : GnuTextOf(element);

    /// <summary>The same in the layout of libstdc++.</summary>
    internal static Span<byte> GnuTextOf(StdString* element) => new(element->_gnuData, checked((int)element->_gnuLength));

    /// <summary>The same in the layout of Microsoft's C++ library.</summary>
    internal static Span<byte> MicrosoftTextOf(StdString* element) => new(
        element->_microsoftCapacity > MicrosoftShortCapacity ? element->_microsoftData : &element->_microsoftText,
        checked((int)element->_microsoftLength));

    /// <summary>Throws on platforms whose C++ library has another string layout.</summary>
    internal static void RequireKnownLayout()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException(
                "String tensors are read and written in the memory layout of libstdc++ or of Microsoft's C++ library, which are those of " +
                "OpenVINO on Linux and Windows. On this platform use models without string inputs and outputs.");
        }
    }
}
