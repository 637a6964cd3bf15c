namespace Ovms.Options;

/// <summary>Options for the source of several models.</summary>
[OptionTable(Section = "several models")]
internal sealed partial record SourceOptions
{
    private const string Management = "managing configuration files";

    /// <summary>JSON file with the models to serve; read again when it changes.</summary>
    [Option("config_path", Placeholder = "FILE")]
    public string ConfigPath { get; init; } = "";

    /// <summary>
    /// Folder of models: every model in it is served, named by its path in the folder; model options apply to each of them.
    /// </summary>
    [Option("model_repository_path", Placeholder = "FOLDER")]
    public string ModelRepositoryPath { get; init; } = "";

    /// <summary>
    /// Print the models under model_repository_path; without it, under the environment variable OVMS_MODEL_REPOSITORY_PATH.
    /// </summary>
    [Option("list_models", Group = Management)]
    public bool ListModels { get; init; }

    /// <summary>Add model_name to the file config_path, with the model options that are given; the file is created if missing.</summary>
    [Option("add_to_config", Group = Management)]
    public bool AddToConfig { get; init; }

    /// <summary>Remove model_name from the file config_path.</summary>
    [Option("remove_from_config", Group = Management)]
    public bool RemoveFromConfig { get; init; }
}
