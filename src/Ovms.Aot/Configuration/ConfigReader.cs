using System.Collections.Immutable;
using System.Text.Json;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>Reads the document of a configuration file.</summary>
/// <param name="folder">Where relative paths begin.</param>
/// <param name="findings">Takes every problem.</param>
internal sealed class ConfigReader(string folder, OptionFindings findings)
{
    private const string Models = "model_config_list";
    private const string Entry = "config";

    private readonly ImmutableArray<ModelOptions>.Builder _models = ImmutableArray.CreateBuilder<ModelOptions>();
    private readonly ImmutableArray<string>.Builder _errors = ImmutableArray.CreateBuilder<string>();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Reads the whole document.</summary>
    /// <returns>The configuration; to be used only when nothing was found wrong.</returns>
    public ServerConfig Read(JsonElement root, string fingerprint)
    {
        IReadOnlyDictionary<string, ConfigNode> sections = new ConfigNode(root, "$", findings).Members([Models, Monitoring.Key], Models);
        if (sections.TryGetValue(Models, out ConfigNode models))
        {
            foreach (ConfigNode item in models.Items())
            {
                if (item.Members([Entry], Entry).TryGetValue(Entry, out ConfigNode config))
                {
                    Add(config.Bind<ModelOptions>(ModelOptions.Read), config.Path);
                }
            }
        }

        return new ServerConfig
        {
            Models = _models.ToImmutable(),
            Errors = _errors.ToImmutable(),
            Monitoring = sections.TryGetValue(Monitoring.Key, out ConfigNode monitoring) ? Monitoring.Read(monitoring) : null,
            Fingerprint = fingerprint,
        };
    }

    private void Add(ModelOptions model, string path)
    {
        if (model.ModelName.Length > 0 && !_names.Add(model.ModelName))
        {
            _errors.Add($"{path}.name: the name '{model.ModelName}' is taken by an earlier entry, which is served; this one is left out.");
            return;
        }

        _models.Add(model with { ModelPath = Resolve(model.ModelPath.Length == 0 ? model.ModelName : model.ModelPath) });
    }

    // An address such as s3://bucket/model is no path.
    private string Resolve(string path) => path.Contains("://", StringComparison.Ordinal) ? path : Path.Combine(folder, path);
}
