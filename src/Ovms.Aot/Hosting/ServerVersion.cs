using System.Reflection;

namespace Ovms.Hosting;

/// <summary>The version this binary was built as.</summary>
internal static class ServerVersion
{
    /// <summary>For example 0.1.0; the commit that the build adds after a plus sign is left out.</summary>
    public static string Text { get; } =
        (typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];
}
