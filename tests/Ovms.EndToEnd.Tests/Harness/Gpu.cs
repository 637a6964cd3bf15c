using System.Runtime.InteropServices;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// GPUs for one server process: PoCL and the OpenCL layer of <c>tests/gpu</c>, which OpenVINO's GPU plugin takes for Intel GPUs. The layer
/// counts what the plugin uses, so that a test sees which GPU computed.
/// </summary>
internal sealed class Gpu : IDisposable
{
    /// <summary>How many GPUs the layer can show at most; the counts of programs follow those of the GPUs in the file.</summary>
    private const int MostGpus = 8;

    private static readonly string s_root = Path.Combine(Repo.Root, ".cache", "opencl");

    /// <summary>The libraries whose folders the loader must search. One that is not unpacked is installed on this machine.</summary>
    private static readonly string[] s_libraries = ["libOpenCL.so.1", "libpocl.so.*", "libLLVM*.so*", "libhwloc.so.*"];

    private static readonly TimeSpan s_layerLooks = TimeSpan.FromMilliseconds(40);

    private readonly string _counts = Path.GetTempFileName();

    private readonly string _faults = Path.GetTempFileName();

    /// <param name="count">How many GPUs there are. Skips the test, and says why, where they cannot be had.</param>
    public Gpu(int count = 1)
    {
        string layer = Path.Combine(s_root, "libgpu_layer.so");
        Skip.Unless(
            File.Exists(layer) && File.Exists(Path.Combine(s_root, "pocl", "complete")),
            "There is no GPU layer under .cache/opencl: tests/opencl.sh makes it where it finds gcc and can download pocl-opencl-icd.");
        int cores = Environment.ProcessorCount;
        Skip.Unless(cores >= count, $"{count} GPUs need {count} CPU cores; this machine has {cores}.");
        string[] libraries = [.. s_libraries.Select(FolderOf).OfType<string>().Distinct()];
        Variables = new Dictionary<string, string?>
        {
            ["LD_LIBRARY_PATH"] = string.Join(':', libraries),
            ["OCL_ICD_VENDORS"] = Path.Combine(s_root, "pocl", "etc", "OpenCL", "vendors"),
            ["POCL_CACHE_DIR"] = Path.Combine(s_root, "kernels"),
            ["OPENCL_LAYERS"] = layer,
            ["GPU_LAYER_DEVICES"] = $"{count}",
            ["GPU_LAYER_COUNTS"] = _counts,
            ["GPU_FAULTS"] = _faults,
        };
    }

    /// <summary>What the server needs in its environment.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; }

    /// <summary>How many programs the plugin made from source so far.</summary>
    public ulong ProgramsFromSource => Read()[MostGpus];

    /// <summary>How many programs the plugin made from binaries so far.</summary>
    public ulong ProgramsFromBinary => Read()[MostGpus + 1];

    /// <summary>How many kernels a GPU has started so far.</summary>
    public ulong Starts(int gpu) => Read()[gpu];

    /// <summary>
    /// Makes calls of the GPUs fail, hang or be slow from now on; no knobs: they are well. <c>tests/gpu/README.md</c> lists the knobs.
    /// </summary>
    public void Set(params string[] knobs)
    {
        // The layer must not read half a file.
        File.WriteAllLines(_faults + ".new", knobs);
        File.Move(_faults + ".new", _faults, overwrite: true);

        // The layer looks at the file at most every 20 ms, and nothing tells that it has.
        Thread.Sleep(s_layerLooks);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_counts);
        File.Delete(_faults);
    }

    private ulong[] Read()
    {
        // Until the plugin has started a kernel the file is empty.
        byte[] bytes = File.ReadAllBytes(_counts);
        ulong[] counts = new ulong[MostGpus + 2];
        MemoryMarshal.Cast<byte, ulong>(bytes).CopyTo(counts);
        return counts;
    }

    private static string? FolderOf(string library) =>
        Directory.EnumerateFiles(s_root, library, SearchOption.AllDirectories).Select(Path.GetDirectoryName).FirstOrDefault();
}
