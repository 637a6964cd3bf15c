using Ovms.Options;

namespace Ovms.Configuration;

/// <summary>The name and help of <c>ovms check</c>, which has the options of the server.</summary>
internal static class CheckCommandLine
{
    /// <summary>The command's name.</summary>
    public const string Verb = "check";

    /// <summary>The error of <c>ovms check</c> without options.</summary>
    public const string NothingToCheck =
        "ovms check needs what it checks: --config_path FILE, --model_repository_path FOLDER, or --model_name NAME --model_path PATH\n" +
        "  ovms check --help lists its options\n";

    /// <summary>The text of <c>ovms check --help</c>.</summary>
    public static string HelpText { get; } =
        "Check everything that a configuration names, without loading a model or opening a port:\n" +
        "  ovms check --config_path FILE [OPTIONS]\n" +
        "  ovms check --model_repository_path FOLDER [OPTIONS]\n" +
        "  ovms check --model_name NAME --model_path PATH [OPTIONS]\n" +
        "It takes the server's options, so that a server's command line can be checked as it is.\n" +
        "Exit code: 0 everything can be served, 1 something cannot, 64 wrong command line (3 on Windows).\n\n" +
        SourceOptions.HelpText + ModelOptions.HelpText + ServerOptions.HelpText;
}
