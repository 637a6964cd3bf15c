using Ovms.Configuration.Graphs;
using Ovms.Options;
using Ovms.Repository;
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
        // Read again each time: a graph's file may change.
        public override Outcome<ServerConfig> Read()
        {
            GraphFolder folder = GraphFolder.Of(model, Environment.CurrentDirectory);
            if (!folder.IsGraph)
            {
                return new ServerConfig { Models = [model], Fingerprint = "" };
            }

            Outcome<LanguageGraph> graph = LanguageGraph.Read(folder.GraphPath, model);
            return graph.Code == StatusCode.NotImplemented ? Other(folder, graph.Detail!)
                : graph.IsOk
                ? new ServerConfig
                {
                    Models = [graph.Value.Model], Warnings = graph.Value.Warnings, Fingerprint = graph.Value.Model.ToString(),
                }
                : graph.WithoutValue;
        }

        // A folder with such a graph alone is refused by the load, as every folder without a model is.
        private ServerConfig Other(GraphFolder folder, string why)
        {
            ModelOptions refused = ModelRepository.Open(folder.BasePath).IsOk
                ? model with { Refused = $"{why} Remove it to serve the model beside it." }
                : model;
            return new ServerConfig { Models = [refused], Fingerprint = refused.Refused };
        }
    }
}
