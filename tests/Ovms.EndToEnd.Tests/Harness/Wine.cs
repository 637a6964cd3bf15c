namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// Runs a package for Windows on Linux, under Wine. A server there listens on Linux' loopback and sees the root folder as drive Z:, its
/// current one, so that paths of Linux work as they are. <c>./build.sh test --windows</c> makes package and prefix.
/// </summary>
internal static class Wine
{
    // Where Debian has it, which puts only a script on the PATH.
    private const string DebiansLoader = "/usr/lib/wine/wine64";

    /// <summary>The key of tests that start servers under Wine one after the other: each takes a core.</summary>
    public const string Alone = "wine";

    /// <summary>Whether the package under test runs under Wine.</summary>
    public static bool IsTested { get; } = IsFor(Repo.Binary);

    /// <summary>Whether the package under test is one for Windows.</summary>
    public static bool IsAvailable { get; } = IsTested || OperatingSystem.IsWindows();

    /// <summary>Skips the test where no package for Windows is tested.</summary>
    public static void Require() => Skip.Unless(
        IsAvailable, "These tests are for the package for Windows: ./build.sh test --windows runs them under Wine.");

    /// <summary>Whether a program needs Wine here.</summary>
    public static bool IsFor(string program) => !OperatingSystem.IsWindows() && program.EndsWith(".exe", StringComparison.Ordinal);

    /// <summary>The program to start and the arguments before its own.</summary>
    public static string[] Command(string program) => IsFor(program) ? [File.Exists(DebiansLoader) ? DebiansLoader : "wine64", program] : [program];

    /// <summary>Where services keep their data, as seen from here.</summary>
    public static string ProgramData => IsTested
        ? Path.Combine(Environment.GetEnvironmentVariable("WINEPREFIX")!, "drive_c", "ProgramData")
        : Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData);
}
