namespace Ovms.Options;

/// <summary>Options that print information and end the process.</summary>
[OptionTable(Section = "information")]
internal sealed partial record InformationOptions
{
    /// <summary>Print this help.</summary>
    [Option("help", Aliases = ["h"])]
    public bool Help { get; init; }

    /// <summary>Print the versions of the server and of OpenVINO.</summary>
    [Option("version")]
    public bool Version { get; init; }
}
