namespace Ovms.Options;

/// <summary>Options that say where several models come from.</summary>
[OptionTable(Section = "several models")]
internal sealed partial record SourceOptions
{
    private const string Management = "managing configuration files";

    /// <summary>JSON file with the models to serve; read again when it changes.</summary>
    [Option("config_path", Placeholder = "FILE")]
    public string ConfigPath { get; init; } = "";

    /// <summary>
    /// Folder of models: every model under it is served, under its path from there; options of a model hold for each of them.
    /// </summary>
    [Option("model_repository_path", Placeholder = "FOLDER")]
    public string ModelRepositoryPath { get; init; } = "";

    /// <summary>Print the models under model_repository_path, which the environment variable OVMS_MODEL_REPOSITORY_PATH may name.</summary>
    [Option("list_models", Group = Management)]
    public bool ListModels { get; init; }

    /// <summary>
    /// Add model_name to the file config_path, with the options of a model that are given; the file is made when it is missing.
    /// </summary>
    [Option("add_to_config", Group = Management)]
    public bool AddToConfig { get; init; }

    /// <summary>Remove model_name from the file config_path.</summary>
    [Option("remove_from_config", Group = Management)]
    public bool RemoveFromConfig { get; init; }
}
