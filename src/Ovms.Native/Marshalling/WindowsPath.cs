namespace Ovms.Native.Marshalling;

/// <summary>
/// Paths for OpenVINO on Windows, whose file functions take 260 letters unless the registry allows more. In the form of the system's own
/// names, <c>\\?\C:\...</c>, a path may have 32,767.
/// </summary>
internal static class WindowsPath
{
    private const string Prefix = @"\\?\";
    private const string NetworkPrefix = @"\\?\UNC\";
    private const string NetworkStart = @"\\";

    // A model may be a folder, and the names of the files in it are added by OpenVINO.
    private const int Most = 200;

    /// <summary>The path as given if it is short; else absolute and in the system's form.</summary>
    internal static string Long(string path)
    {
        string full = Path.GetFullPath(path);
        return full.Length <= Most || full.StartsWith(Prefix, StringComparison.Ordinal) ? path : InSystemForm(full);
    }

    /// <summary>The system's form of an absolute path with backslashes.</summary>
    internal static string InSystemForm(string full) => full.StartsWith(NetworkStart, StringComparison.Ordinal)
        ? string.Concat(NetworkPrefix, full.AsSpan(NetworkStart.Length))
        : Prefix + full;
}
