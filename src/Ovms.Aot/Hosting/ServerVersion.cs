using System.Reflection;
using Ovms.Native;

namespace Ovms.Hosting;

/// <summary>The version this binary was built as, and that of what it computes with.</summary>
internal static class ServerVersion
{
    /// <summary>For example 0.1.0; the commit that the build adds after a plus sign is left out.</summary>
    public static string Text { get; } =
        (typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];

    /// <summary>The build of OpenVINO, or why there is none. Loads the library.</summary>
    public static string ReadBackendBuild()
    {
        try
        {
            OpenVinoLibrary.Load();
            return OpenVinoLibrary.BuildNumber;
        }
        catch (OpenVinoLibraryException missing)
        {
            return missing.Message;
        }
    }
}
