namespace Ovms.Options;

/// <summary>All options of a command line.</summary>
/// <param name="Server">Options of the server.</param>
/// <param name="Source">The source of several models.</param>
/// <param name="Model">Options of one model.</param>
/// <param name="ModelTexts">The model options on the command line, even with default values, and their values as written.</param>
internal sealed record GivenOptions(
    ServerOptions Server, SourceOptions Source, ModelOptions Model, IReadOnlyDictionary<string, string> ModelTexts)
{
    /// <summary>
    /// What was found at a model's path, where the command line gives no name and the path none either; null otherwise.
    /// </summary>
    public string? Nameless { get; init; }

    /// <summary>Names of the model options on the command line.</summary>
    public IEnumerable<string> ModelNames => ModelTexts.Keys;

    /// <summary>Whether the command line manages a configuration file or repository instead of serving.</summary>
    public bool Manages => Source.ListModels || Source.AddToConfig || Source.RemoveFromConfig;
}
