using System.Security;

namespace Ovms.Devices;

/// <summary>Checks whether the folder of the model cache can be used. OpenVINO fails to compile if it cannot create the folder.</summary>
internal static class CacheFolder
{
    // More than a full disk may still have free in a partly used block; less than any compiled model.
    private const int TrialBytes = 64 << 10;

    /// <summary>Creates the folder if it is missing and tries to write a file.</summary>
    /// <returns>Null if the folder can be used; else the reason.</returns>
    public static string? WhyUnusable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string trial = Path.Combine(folder, $".ovms-{Guid.NewGuid():N}");
            using FileStream file =
                new(trial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            file.Write(new byte[TrialBytes]);
            file.Flush(flushToDisk: true);
            return null;
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or SecurityException or ArgumentException or NotSupportedException)
        {
            return e.Message;
        }
    }
}
