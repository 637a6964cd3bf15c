namespace Ovms.Options;

/// <summary>All that a command line gave.</summary>
/// <param name="Server">Options of the server.</param>
/// <param name="Source">Where several models come from.</param>
/// <param name="Model">Options of one model.</param>
/// <param name="ModelTexts">The model options that were written, be it with their default, and their values as they were written.</param>
internal sealed record GivenOptions(
    ServerOptions Server, SourceOptions Source, ModelOptions Model, IReadOnlyDictionary<string, string> ModelTexts)
{
    /// <summary>Names of the model options that were written.</summary>
    public IEnumerable<string> ModelNames => ModelTexts.Keys;

    /// <summary>Whether a configuration file or a repository is to be managed and nothing served.</summary>
    public bool Manages => Source.ListModels || Source.AddToConfig || Source.RemoveFromConfig;
}
