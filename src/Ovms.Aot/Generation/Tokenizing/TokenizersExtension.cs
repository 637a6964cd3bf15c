using Ovms.Native;
using Ovms.Status;

namespace Ovms.Generation.Tokenizing;

/// <summary>
/// OpenVINO's tokenizers extension, which lies beside the runtime in the package. It has a core of its own: loaded with the first language
/// model, and without effect on the core that serves the other models. The core is never freed, because that would unload the code that
/// compiled tokenizers run.
/// </summary>
internal static class TokenizersExtension
{
    private static readonly Lock s_opening = new();
    private static Core? s_core;

    /// <summary>The core that knows the extension's operations; made at the first call that succeeds. Not to be disposed.</summary>
    /// <returns>The core, or where the extension was looked for or why it does not fit this OpenVINO.</returns>
    public static Outcome<Core> Open()
    {
        lock (s_opening)
        {
            if (s_core is not null)
            {
                return s_core;
            }

            Outcome<Core> opened = Make();
            s_core = opened.Value;
            return opened;
        }
    }

    private static Outcome<Core> Make()
    {
        string[] places = Places(OpenVinoLibrary.Directory);
        if (Array.Find(places, File.Exists) is not { } path)
        {
            return Outcome.Fail(
                StatusCode.RuntimeUnavailable,
                "Language models need OpenVINO's tokenizers extension, and it is at none of " + string.Join(", ", places)
                + ". Put the one of the same version as OpenVINO beside OpenVINO's libraries.");
        }

        Core core = new();
        try
        {
            core.AddExtension(path);
            return core;
        }
        catch (OpenVinoException refused)
        {
            core.Dispose();
            return Outcome.Fail(
                StatusCode.RuntimeUnavailable,
                $"OpenVINO's tokenizers extension {path} cannot be loaded: {refused.Said}. "
                + $"It must be of the same version as OpenVINO, which is {OpenVinoLibrary.BuildNumber}.");
        }
    }

    // In the package, beside the runtime; in a Python environment, in the package of the extension.
    private static string[] Places(string runtime)
    {
        string name = OperatingSystem.IsWindows() ? "openvino_tokenizers.dll" : "libopenvino_tokenizers.so";
        return
        [
            Path.Combine(runtime, name),
            Path.GetFullPath(Path.Combine(runtime, "..", "..", "openvino_tokenizers", "lib", name)),
        ];
    }
}
