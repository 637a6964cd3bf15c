using System.Security;

namespace Ovms.Devices;

/// <summary>The folder of the model cache. OpenVINO fails to compile if it cannot create the folder.</summary>
internal static class CacheFolder
{
    /// <summary>The property that names it.</summary>
    public const string Key = "CACHE_DIR";

    // More than a full disk may still have free in a partly used block; less than any compiled model.
    private const int TrialBytes = 64 << 10;

    /// <summary>Adds the effective folder; if it cannot be used, leaves it out with a warning.</summary>
    /// <param name="config">The given properties. A folder among them overrides the other.</param>
    /// <param name="cacheDir">The server's folder; null or empty for none.</param>
    public static PluginConfig AddTo(PluginConfig config, string? cacheDir)
    {
        string? folder = config.Properties.FirstOrDefault(static property => property.Key == Key).Value ?? cacheDir;
        if (string.IsNullOrEmpty(folder))
        {
            return config;
        }

        PluginConfig bare = config with { Properties = config.Properties.RemoveAll(static property => property.Key == Key) };
        return WhyUnusable(folder) is { } why
            ? bare with { Warnings = [.. bare.Warnings, $"The model cache {folder} is not used, because it cannot be written: {why}"] }
            : bare with { Properties = bare.Properties.Add(new DeviceProperty(Key, folder)) };
    }

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
