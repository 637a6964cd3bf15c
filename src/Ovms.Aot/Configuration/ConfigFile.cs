using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>A configuration file as the source.</summary>
/// <param name="path">The file; a relative path starts at the working directory.</param>
/// <param name="variable">Returns the value of an environment variable; null if unset.</param>
internal sealed class ConfigFile(string path, Func<string, string?> variable) : ConfigSource
{
    private readonly string _path = Path.GetFullPath(path);
    private readonly LastSubconfigs _last = new();

    /// <inheritdoc/>
    public override Outcome<ServerConfig> Read()
    {
        Outcome<ConfigDocument> read = ConfigDocument.Read(_path, variable);
        if (!read.IsOk)
        {
            return read.WithoutValue;
        }

        using ConfigDocument document = read.Value;
        ServerConfig config = new ConfigReader(variable, _last).Read(document);
        return document.Findings.Errors.Count == 0
            ? config
            : Outcome.Fail(StatusCode.ConfigInvalid, string.Join('\n', document.Problems()));
    }
}
