namespace Ovms.Options;

/// <summary>Options that say where several models come from.</summary>
[OptionTable(Section = "several models")]
internal sealed partial record SourceOptions
{
    /// <summary>JSON file with the models to serve; read again when it changes.</summary>
    [Option("config_path", Placeholder = "FILE")]
    public string ConfigPath { get; init; } = "";

    /// <summary>Folder of models: every model under it is served, under its path from there; options of a model hold for each of them.</summary>
    [Option("model_repository_path", Placeholder = "FOLDER")]
    public string ModelRepositoryPath { get; init; } = "";
}
