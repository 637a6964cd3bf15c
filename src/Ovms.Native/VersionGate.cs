namespace Ovms.Native;

/// <summary>Which OpenVINO these bindings can work with.</summary>
internal static class VersionGate
{
    internal const int OldestYear = 2026;

    /// <summary>A function without which nothing can be compiled; older releases have only its variadic twin.</summary>
    internal const string NeededFunction = "ov_core_compile_model_props";

    /// <summary>Whether a build such as <c>2026.4.1-22982-e213a147257-releases/2026/4</c> is new enough.</summary>
    internal static bool Accepts(string buildNumber)
    {
        int dot = buildNumber.IndexOf('.');
        return dot > 0 && int.TryParse(buildNumber.AsSpan(0, dot), out int year) && year >= OldestYear;
    }

    /// <summary>What to tell whoever has an older one.</summary>
    internal static string Refusal(string folder, string found) =>
        $"OpenVINO in {folder} is {found}; version {OldestYear}.0 or newer is needed (it must have {NeededFunction}). " +
        $"Install a newer OpenVINO runtime, or point {LibrarySearch.Variable} to the folder of one.";
}
