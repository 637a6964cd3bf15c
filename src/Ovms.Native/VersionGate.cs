namespace Ovms.Native;

/// <summary>Checks whether these bindings support an OpenVINO version.</summary>
internal static class VersionGate
{
    internal const int OldestYear = 2026;

    /// <summary>A function required to compile models; older releases have only its variadic variant.</summary>
    internal const string NeededFunction = "ov_core_compile_model_props";

    /// <summary>Whether a build such as <c>2026.4.1-22982-e213a147257-releases/2026/4</c> is new enough.</summary>
    internal static bool Accepts(string buildNumber)
    {
        int dot = buildNumber.IndexOf('.');
        return dot > 0 && int.TryParse(buildNumber.AsSpan(0, dot), out int year) && year >= OldestYear;
    }

    /// <summary>The message for an unsupported version.</summary>
    internal static string Refusal(string folder, string found) =>
        $"OpenVINO in {folder} is {found}; version {OldestYear}.0 or newer is needed (it must have {NeededFunction}). " +
        $"Install a newer OpenVINO runtime, or point {LibrarySearch.Variable} to the folder of one.";
}
