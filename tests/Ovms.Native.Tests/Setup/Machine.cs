using System.Runtime.InteropServices;
using TUnit.Core.Exceptions;

namespace Ovms.Native.Tests.Setup;

/// <summary>What this machine has, where an outcome depends on it.</summary>
internal static class Machine
{
    /// <summary>Whether the OpenCL loader is installed: without it the GPU plugin cannot even be loaded.</summary>
    internal static bool HasOpenCl { get; } = NativeLibrary.TryLoad("libOpenCL.so.1", out _);

    /// <summary>Skips a test that is about the absence of a device where the device is there.</summary>
    internal static void RequireCpuOnly()
    {
        if (Directory.Exists("/dev/dri") || File.Exists("/dev/dxg") || Directory.Exists("/dev/accel"))
            throw new SkipTestException("This machine shows a GPU or an NPU in /dev; the test is about machines without.");
    }

    /// <summary>The tokenizers extension, or a skip that says where it was looked for.</summary>
    internal static string RequireTokenizers()
    {
        string[] places =
        [
            Path.Combine(OpenVinoLibrary.Directory, "libopenvino_tokenizers.so"),
            Path.GetFullPath(Path.Combine(OpenVinoLibrary.Directory, "..", "..", "openvino_tokenizers", "lib", "libopenvino_tokenizers.so")),
            Path.GetFullPath(Path.Combine(OpenVinoLibrary.Directory, "..", "openvino_tokenizers", "lib", "libopenvino_tokenizers.so")),
        ];
        return Array.Find(places, File.Exists)
            ?? throw new SkipTestException($"The tokenizers extension is at none of {string.Join(", ", places)}.");
    }
}
