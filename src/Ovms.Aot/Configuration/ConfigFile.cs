using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>A configuration file.</summary>
/// <param name="path">The file; relative to the working folder.</param>
/// <param name="variable">Gives an environment variable's value; null for none.</param>
internal sealed class ConfigFile(string path, Func<string, string?> variable) : ConfigSource
{
    private readonly string _path = Path.GetFullPath(path);

    /// <inheritdoc/>
    public override Outcome<ServerConfig> Read()
    {
        Outcome<ConfigDocument> read = ConfigDocument.Read(_path, variable);
        if (!read.IsOk)
        {
            return read.WithoutValue;
        }

        using ConfigDocument document = read.Value;
        ServerConfig config = new ConfigReader(variable).Read(document);
        return document.Findings.Errors.Count == 0
            ? config
            : Outcome.Fail(StatusCode.ConfigInvalid, string.Join('\n', document.Problems()));
    }
}
