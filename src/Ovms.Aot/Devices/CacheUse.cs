using System.Security;
using Ovms.Native;

namespace Ovms.Devices;

/// <summary>
/// Finds out what the model cache did for a compilation. OpenVINO says whether the model came from it, but not whether it could be stored
/// for the next time: without room it leaves no file and no message.
/// </summary>
internal sealed class CacheUse
{
    private readonly string _folder;
    private readonly HashSet<string> _before;

    /// <summary>Notes what the folder holds. Create it before the compilation.</summary>
    /// <param name="folder">The cache folder.</param>
    public CacheUse(string folder)
    {
        _folder = folder;
        _before = Entries();
    }

    /// <summary>What it did, for the load line, and a warning if the model is not stored.</summary>
    /// <param name="compiled">The compiled model.</param>
    /// <param name="target">The devices that it was compiled for.</param>
    public (string Word, string? Warning) Find(CompiledModel compiled, TargetDevice target) =>
        Find(compiled.TryGetProperty("LOADED_FROM_CACHE", out string? text) ? text : null, target);

    /// <inheritdoc cref="Find(CompiledModel, TargetDevice)"/>
    /// <param name="loaded">What OpenVINO reports as LOADED_FROM_CACHE.</param>
    /// <param name="target">The devices that it was compiled for.</param>
    internal (string Word, string? Warning) Find(string? loaded, TargetDevice target)
    {
        if (loaded is "YES" or "true")
        {
            return ("hit", null);
        }

        if (Entries().Except(_before).Any())
        {
            // Perhaps another model's, which compiles at the same time: nothing tells whose it is.
            return ("no hit, entry added", null);
        }

        // AUTO still compiles for its better device, and stores that model later.
        return target.Mode == DeviceMode.Auto
            ? ("no hit", null)
            : (
                "no hit, no entry added",
                $"The model cache {_folder} got no entry for this model{Room()}, so the next load compiles it again");
    }

    private HashSet<string> Entries()
    {
        try
        {
            return [.. Directory.EnumerateFiles(_folder, "*.blob")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException)
        {
            return [];
        }
    }

    private string Room()
    {
        try
        {
            return $", on whose disk {new DriveInfo(Path.GetFullPath(_folder)).AvailableFreeSpace >> 10} KiB are free";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "";
        }
    }
}
