using System.Diagnostics;

namespace Ovms.Native;

/// <summary>Possible locations of the OpenVINO C library, in search order.</summary>
internal static class LibrarySearch
{
    /// <summary>Environment variable with the folder. If set, only that folder is searched, so that a typo is noticed.</summary>
    internal const string Variable = "OVMS_OPENVINO_DIR";

    /// <summary>Folders to search, in order.</summary>
    internal static IReadOnlyList<string> Folders(string? fromEnvironment, string binaryFolder) =>
        !string.IsNullOrEmpty(fromEnvironment)
            ? [Path.GetFullPath(fromEnvironment)]
            : [
                Path.GetFullPath(Path.Combine(binaryFolder, "..", "lib")),
                Path.TrimEndingDirectorySeparator(Path.GetFullPath(binaryFolder)),
                Path.GetFullPath(Path.Combine(binaryFolder, "lib")),
            ];

    /// <summary>The library file in a folder; null if there is none. Published packages contain versioned names only.</summary>
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

    /// <summary>Names for the system's own search (on Linux it includes LD_LIBRARY_PATH).</summary>
    internal static IReadOnlyList<string> SystemNames =>
        OperatingSystem.IsWindows() ? ["openvino_c.dll"]
        : OperatingSystem.IsMacOS() ? ["libopenvino_c.dylib"]
        : ["libopenvino_c.so", "libopenvino_c.so.2641"];

    /// <summary>Folder of a library loaded through the system's search.</summary>
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
