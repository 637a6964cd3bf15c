using System.Reflection;
using Ovms.Native;

namespace Ovms.Hosting;

/// <summary>The version of this binary, and of OpenVINO.</summary>
internal static class ServerVersion
{
    /// <summary>For example 0.1.0; the commit that the build adds after a plus sign is left out.</summary>
    public static string Text { get; } =
        (typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown")
        .Split('+')[0];

    /// <summary>OpenVINO's build, or why the library cannot be loaded. Loads it.</summary>
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
