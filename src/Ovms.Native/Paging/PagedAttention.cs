using System.Runtime.InteropServices;
using System.Text;

namespace Ovms.Native.Paging;

/// <summary>
/// The pass that turns a stateful language model into one over paged attention. It lies in a library of our own beside OpenVINO
/// (<c>native/ovms_paged.cpp</c>), which is loaded at the first use and never otherwise. Thread-safe.
/// </summary>
public sealed unsafe class PagedAttention
{
    private const int TextSize = 4096;
    private const uint InterfaceVersion = 1;

    private static readonly Lock s_gate = new();
    private static PagedAttention? s_loaded;
    private static string? s_refusal;

    private readonly delegate* unmanaged[Cdecl]<IntPtr, byte*, nuint, int> _transform;

    private PagedAttention(delegate* unmanaged[Cdecl]<IntPtr, byte*, nuint, int> transform) => _transform = transform;

    /// <summary>Name of the library's file; null where there is none for the system.</summary>
    public static string? FileName => OperatingSystem.IsLinux() ? "libovms_paged.so" : null;

    /// <summary>
    /// The pass, if the library is there, fits the loaded OpenVINO and has passed its self test. The first call decides for the process.
    /// </summary>
    /// <param name="core">For the self test.</param>
    /// <param name="refusal">Why there is none: a sentence without its full stop.</param>
    public static PagedAttention? Load(Core core, out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(core);
        lock (s_gate)
        {
            if (s_loaded is null && s_refusal is null)
                s_loaded = LoadFrom(OpenVinoLibrary.Directory, OpenVinoLibrary.BuildNumber, core, out s_refusal);
            refusal = s_refusal;
            return s_loaded;
        }
    }

    /// <summary>Changes a model that was read and not yet compiled.</summary>
    /// <returns>
    /// Null on success, else why the pass refused it. The model may then be half changed and can only be disposed.
    /// </returns>
    public string? TryTransform(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        byte* text = stackalloc byte[TextSize];
        bool added = false;
        try
        {
            model.Handle.DangerousAddRef(ref added);
            int code = _transform(model.Handle.DangerousGetHandle(), text, TextSize);
            if (code == 0)
                return null;
            string said = EngineText.Clean(Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text)));
            return said.Length > 0 ? said : $"the paged-attention pass failed with code {code}";
        }
        finally
        {
            if (added)
                model.Handle.DangerousRelease();
        }
    }

    /// <summary>As <see cref="Load"/>, from a folder and without remembering the result.</summary>
    internal static PagedAttention? LoadFrom(string folder, string build, Core core, out string? refusal)
    {
        if (FileName is not { } name)
        {
            refusal = "paged attention is available on Linux only";
            return null;
        }

        string file = Path.Combine(folder, name);
        if (!File.Exists(file))
        {
            refusal = $"{name} is not in {folder}; a package that was built with a C++ compiler has it";
            return null;
        }

        if (!NativeLibrary.TryLoad(file, out IntPtr module)
            || !NativeLibrary.TryGetExport(module, "ovms_paged_abi", out IntPtr abi)
            || !NativeLibrary.TryGetExport(module, "ovms_paged_transform", out IntPtr transform))
        {
            refusal = $"{file} cannot be loaded beside OpenVINO {build}; it belongs to another version or another processor";
            return null;
        }

        refusal = CheckAbi((delegate* unmanaged[Cdecl]<uint*, uint*, byte**, byte**, int>)abi, file, build);
        if (refusal is not null)
            return null;
        PagedAttention paged = new((delegate* unmanaged[Cdecl]<IntPtr, byte*, nuint, int>)transform);
        refusal = PagedSelfTest.Run(core, paged) is { } failure ? $"the self test of {file} failed: {failure}" : null;
        return refusal is null ? paged : null;
    }

    /// <summary>Whether a library for headers of this release, such as <c>2026.4.1</c>, fits a build such as
    /// <c>2026.4.1-22982-…</c>.</summary>
    internal static bool Fits(string headers, string linked, string build) =>
        linked == build && build.StartsWith(headers, StringComparison.Ordinal) && build.AsSpan(headers.Length) is [] or ['-', ..];

    private static string? CheckAbi(delegate* unmanaged[Cdecl]<uint*, uint*, byte**, byte**, int> abi, string file, string build)
    {
        uint version = 0;
        uint handle = 0;
        byte* headers = null;
        byte* linked = null;
        int code = abi(&version, &handle, &headers, &linked);
        if (code != 0)
            return $"{file} does not tell its version (code {code})";
        string made = Marshal.PtrToStringUTF8((IntPtr)headers) ?? "";
        if (version != InterfaceVersion || handle != 2 * sizeof(void*))
        {
            return $"{file} has interface {version} and model handles of {handle} bytes; "
                + $"interface {InterfaceVersion} and {2 * sizeof(void*)} bytes are expected";
        }
        return Fits(made, Marshal.PtrToStringUTF8((IntPtr)linked) ?? "", build)
            ? null
            : $"{file} was compiled for OpenVINO {made} and the runtime is {build}";
    }
}
