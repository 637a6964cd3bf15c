using Ovms.Options;
using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>A folder of models, each named by its path in the folder; scanned again at every reading.</summary>
/// <param name="root">The folder.</param>
/// <param name="common">Options of every model, except name and path.</param>
/// <param name="allowOutside">Whether links in the folder may lead out of it.</param>
/// <param name="variable">Returns the value of an environment variable; null if unset.</param>
internal sealed class RepositorySource(string root, ModelOptions common, bool allowOutside, Func<string, string?> variable) : ConfigSource
{
    private readonly LastSubconfigs _last = new();

    /// <inheritdoc/>
    public override Outcome<ServerConfig> Read()
    {
        Outcome<ServableFolders> folders = ServableFolders.Under(root, allowOutside);
        if (!folders.IsOk)
        {
            return folders.WithoutValue;
        }

        ServerConfig config = new ConfigReader(variable, _last).Read(
            folders.Value.Found.Select(folder => common with { ModelName = folder.Name, ModelPath = folder.Path }));
        string[] nothing = folders.Value.Found.IsEmpty
            ? [
                $"{Path.GetFullPath(root)} holds no model: expected folders with version folders (1, 2, …), "
                    + $"each with a model's files, or with {ServableFolders.GraphFile}.",
            ]
            : [];
        return config with { Warnings = [.. nothing, .. folders.Value.Warnings, .. config.Warnings] };
    }
}
