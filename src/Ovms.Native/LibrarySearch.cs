using System.Diagnostics;

namespace Ovms.Native;

/// <summary>Where the OpenVINO C library may be, in the order it is looked for.</summary>
internal static class LibrarySearch
{
    /// <summary>The variable that names the folder; when it is set nothing else is tried, so that a typo shows.</summary>
    internal const string Variable = "OVMS_OPENVINO_DIR";

    /// <summary>Folders to look in, best first.</summary>
    internal static IReadOnlyList<string> Folders(string? fromEnvironment, string binaryFolder) =>
        !string.IsNullOrEmpty(fromEnvironment)
            ? [Path.GetFullPath(fromEnvironment)]
            : [Path.GetFullPath(Path.Combine(binaryFolder, "..", "lib")), Path.TrimEndingDirectorySeparator(Path.GetFullPath(binaryFolder)), Path.GetFullPath(Path.Combine(binaryFolder, "lib"))];

    /// <summary>The library file in a folder, null if there is none. Published packages carry versioned names only.</summary>
    internal static string? FileIn(string folder)
    {
        if (!Directory.Exists(folder))
            return null;
        string pattern = OperatingSystem.IsWindows() ? "openvino_c.dll"
            : OperatingSystem.IsMacOS() ? "libopenvino_c*.dylib"
            : "libopenvino_c.so*";
        // The greatest name is the newest version, or the only file.
        return Directory.EnumerateFiles(folder, pattern).Max(StringComparer.Ordinal);
    }

    /// <summary>Names for the system's own search (on Linux also LD_LIBRARY_PATH).</summary>
    internal static IReadOnlyList<string> SystemNames =>
        OperatingSystem.IsWindows() ? ["openvino_c.dll"]
        : OperatingSystem.IsMacOS() ? ["libopenvino_c.dylib"]
        : ["libopenvino_c.so", "libopenvino_c.so.2641"];

    /// <summary>Folder of a library that the system's search has loaded.</summary>
    internal static string? FolderOfLoaded()
    {
        using Process self = Process.GetCurrentProcess();
        foreach (ProcessModule module in self.Modules)
        {
            if (module.FileName is { } file && Path.GetFileName(file).Contains("openvino_c.", StringComparison.Ordinal))
                return Path.GetDirectoryName(file);
        }
        return null;
    }
}
