using System.Security;

namespace Ovms.Devices;

/// <summary>Whether a folder for compiled models can be used. OpenVINO refuses to compile when it cannot make the folder.</summary>
internal static class CacheFolder
{
    // More than what a full disk may still find in a block that is half used; less than any compiled model.
    private const int TrialBytes = 64 << 10;

    /// <summary>Makes the folder if need be and tries to write there.</summary>
    /// <returns>Null when it can be used; else why not.</returns>
    public static string? WhyUnusable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string trial = Path.Combine(folder, $".ovms-{Guid.NewGuid():N}");
            using FileStream file = new(trial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            file.Write(new byte[TrialBytes]);
            file.Flush(flushToDisk: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException or ArgumentException or NotSupportedException)
        {
            return e.Message;
        }
    }
}
