namespace Ovms.Options;

/// <summary>All that a command line gave.</summary>
/// <param name="Server">Options of the server.</param>
/// <param name="Source">Where several models come from.</param>
/// <param name="Model">Options of one model.</param>
/// <param name="ModelNames">Names of the model options that were written, be it with their default.</param>
internal sealed record GivenOptions(ServerOptions Server, SourceOptions Source, ModelOptions Model, IReadOnlyCollection<string> ModelNames);
