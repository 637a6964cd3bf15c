using System.Runtime.InteropServices;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// Whether the server finds libOpenCL.so.1 decides what OpenVINO's GPU plugin does before any GPU is looked for; both ways are tested.
/// </summary>
internal static class OpenCl
{
    private static readonly string s_unpacked = Path.Combine(Repo.Root, ".cache", "opencl");

    /// <summary>The environment in which the server runs, with or without the library; skips the test where that cannot be had.</summary>
    public static IReadOnlyDictionary<string, string?> Environment(bool present)
    {
        bool installed = NativeLibrary.TryLoad("libOpenCL.so.1", out nint library);
        if (installed)
        {
            NativeLibrary.Free(library);
        }

        if (!present)
        {
            Skip.When(installed, "libOpenCL.so.1 is installed on this machine: how the server does without it cannot be seen here.");
            return new Dictionary<string, string?>();
        }

        if (installed)
        {
            return new Dictionary<string, string?>();
        }

        string? folder = Directory.Exists(s_unpacked)
            ? Directory.EnumerateFiles(s_unpacked, "libOpenCL.so.1", SearchOption.AllDirectories).Select(Path.GetDirectoryName).FirstOrDefault()
            : null;
        Skip.When(folder is null, "libOpenCL.so.1 is neither installed nor unpacked under .cache/opencl (Debian: ocl-icd-libopencl1).");
        return new Dictionary<string, string?> { ["LD_LIBRARY_PATH"] = folder };
    }
}
