using System.Runtime.InteropServices;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>
/// Finds and loads the OpenVINO C library. If <c>OVMS_OPENVINO_DIR</c> is set, only that folder is searched. Otherwise the search order
/// is <c>../lib</c> relative to the binary, the binary's folder, <c>lib</c> in it, then the system's search path. Device plugins are in
/// the same folder as the library.
/// </summary>
public static class OpenVinoLibrary
{
    private static readonly Lock s_gate = new();
    private static volatile Loaded? s_loaded;
    private static IntPtr s_module;

    static OpenVinoLibrary() => NativeLibrary.SetDllImportResolver(
        typeof(OpenVinoLibrary).Assembly, static (name, _, _) => name == Libraries.OpenVinoC ? s_module : IntPtr.Zero);

    /// <summary>Folder of the loaded library, its plugins and frontends.</summary>
    public static string Directory => Require().Directory;

    /// <summary>For example <c>2026.4.1-22982-e213a147257-releases/2026/4</c>.</summary>
    public static string BuildNumber => Require().BuildNumber;

    /// <summary>Loads the library and checks its version. Later calls do nothing; a failed call may be repeated.</summary>
    /// <exception cref="OpenVinoLibraryException">The library is missing, broken or too old.</exception>
    public static void Load() => Require();

    /// <summary>
    /// Sets the sink for OpenVINO's own log lines; null silences them. The sink is called on any thread, also during an OpenVINO call of
    /// that thread, so it must not call OpenVINO.
    /// </summary>
    public static void SetLogCallback(Action<string>? sink)
    {
        Require();
        LogCallback.Set(sink);
    }

    private static Loaded Require()
    {
        if (s_loaded is { } loaded)
            return loaded;
        lock (s_gate)
            return s_loaded ??= LoadAndCheck();
    }

    private static Loaded LoadAndCheck()
    {
        (IntPtr module, string folder) = FindAndLoad(Environment.GetEnvironmentVariable(LibrarySearch.Variable), AppContext.BaseDirectory);
        // The resolver needs the module before the version can be read.
        s_module = module;
        string build = ReadBuildNumber();
        return VersionGate.Accepts(build)
            ? new Loaded(folder, build)
            : throw new OpenVinoLibraryException(VersionGate.Refusal(folder, $"version {build}"));
    }

    /// <summary>The library and its folder. The library is known to have the required function.</summary>
    internal static (IntPtr Module, string Folder) FindAndLoad(string? fromEnvironment, string binaryFolder)
    {
        IReadOnlyList<string> folders = LibrarySearch.Folders(fromEnvironment, binaryFolder);
        foreach (string folder in folders)
        {
            if (LibrarySearch.FileIn(folder) is { } file)
                return (RequireFunctions(LoadFile(file), folder), folder);
        }

        if (string.IsNullOrEmpty(fromEnvironment))
        {
            foreach (string name in LibrarySearch.SystemNames)
            {
                if (NativeLibrary.TryLoad(name, out IntPtr module))
                {
                    string folder = LibrarySearch.FolderOfLoaded() ?? name;
                    return (RequireFunctions(module, folder), folder);
                }
            }
        }

        string searched = string.IsNullOrEmpty(fromEnvironment)
            ? $"{string.Join(", ", folders)} and the system's library path"
            : $"{folders[0]}, which {LibrarySearch.Variable} names (nothing else is searched while it is set)";
        throw new OpenVinoLibraryException(
            $"The OpenVINO runtime was not found: no {LibrarySearch.SystemNames[0]} in {searched}. Install the OpenVINO runtime " +
            $"{VersionGate.OldestYear}.0 or newer, or set {LibrarySearch.Variable} to the folder that holds this file and the plugins.");
    }

    private static IntPtr RequireFunctions(IntPtr module, string folder)
    {
        if (NativeLibrary.TryGetExport(module, VersionGate.NeededFunction, out _))
            return module;
        NativeLibrary.Free(module);
        throw new OpenVinoLibraryException(VersionGate.Refusal(folder, "an older version"));
    }

    private static IntPtr LoadFile(string file)
    {
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            // The loader's text names the missing dependency, or the architecture that does not fit.
            throw new OpenVinoLibraryException(
                $"OpenVINO was found but could not be loaded: {file}. {e.Message} Keep all libraries of the OpenVINO package " +
                "together in one folder, and use the package for this machine's architecture.", e);
        }
    }

    private static unsafe string ReadBuildNumber()
    {
        ov_version_t version = default;
        OpenVino.ov_get_openvino_version(&version).Check();
        try
        {
            return Marshal.PtrToStringUTF8((IntPtr)version.buildNumber) ?? "";
        }
        finally
        {
            OpenVino.ov_version_free(&version);
        }
    }

    private sealed record Loaded(string Directory, string BuildNumber);
}
