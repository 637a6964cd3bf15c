namespace Ovms.Options;

/// <summary>Options that say where several models come from.</summary>
[OptionTable(Section = "several models")]
internal sealed partial record SourceOptions
{
    /// <summary>JSON file with the models to serve; read again when it changes.</summary>
    [Option("config_path", Placeholder = "FILE")]
    public string ConfigPath { get; init; } = "";
}
