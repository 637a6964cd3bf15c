using System.Reflection;
using System.Runtime.InteropServices;
using Ovms.Status;
using SkiaSharp;

namespace Ovms.Inference.Images;

/// <summary>Loads SkiaSharp's native library at the first image, so that a server without images does not need it.</summary>
/// <remarks>In the package the library is in lib/ beside bin/, where the loader does not search.</remarks>
internal static class ImageLibrary
{
    private const string Name = "libSkiaSharp";

    private static readonly Lazy<Outcome> s_loaded = new(Load);

    /// <summary>Ok, or why no image can be decoded.</summary>
    public static Outcome Loaded => s_loaded.Value;

    private static string FileName =>
        OperatingSystem.IsWindows() ? $"{Name}.dll" : OperatingSystem.IsMacOS() ? $"{Name}.dylib" : $"{Name}.so";

    private static Outcome Load()
    {
        Assembly managed = typeof(SKCodec).Assembly;
        string folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "lib"));
        try
        {
            if (!NativeLibrary.TryLoad(Path.Combine(folder, FileName), out nint library)
                && !NativeLibrary.TryLoad(Name, managed, null, out library))
            {
                return Missing($"{FileName} is neither in {folder} nor where the system looks for libraries");
            }

            NativeLibrary.SetDllImportResolver(managed, (name, _, _) => name == Name ? library : 0);
            return SkiaSharpVersion.CheckNativeLibraryCompatible()
                ? Outcome.Ok
                : Missing($"{FileName} is version {SkiaSharpVersion.Native}; {SkiaSharpVersion.NativeMinimum} is needed");
        }
        catch (Exception failure) when (failure
            is BadImageFormatException or DllNotFoundException or EntryPointNotFoundException or TypeInitializationException)
        {
            return Missing($"{FileName} cannot be used: {failure.Message}");
        }
    }

    private static Outcome Missing(string why) =>
        Outcome.Fail(
            StatusCode.NotImplemented,
            $"Encoded images cannot be decoded here, since {why}. Send the pixels, or restart the server with the library in place.");
}
