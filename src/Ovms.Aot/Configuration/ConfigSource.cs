using Ovms.Configuration.Graphs;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>A source of the configuration; may be read again at any time.</summary>
internal abstract class ConfigSource
{
    /// <summary>Reads the current configuration.</summary>
    /// <returns>The configuration, or all errors, one a line.</returns>
    public abstract Outcome<ServerConfig> Read();

    /// <summary>A single model from the command line; never changes.</summary>
    public static ConfigSource Of(ModelOptions model) => new SingleModel(model);

    private sealed class SingleModel(ModelOptions model) : ConfigSource
    {
        private readonly LastSubconfigs _last = new();

        // Read again each time: a graph's file may change.
        public override Outcome<ServerConfig> Read()
        {
            GraphFolder folder = GraphFolder.Of(model, Environment.CurrentDirectory);
            return !folder.IsGraph ? new ServerConfig { Models = [model], Fingerprint = "" }
                : LanguageGraph.Read(folder.GraphPath, model).Code == StatusCode.NotImplemented
                    && ConfigReader.OptionsOfModels(model) is { } refused ? refused
                : new ConfigReader(Environment.GetEnvironmentVariable, _last).Read([model with { ModelPath = folder.BasePath }]);
        }
    }
}
