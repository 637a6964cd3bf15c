using System.Text.Json.Nodes;

namespace Ovms.Benchmarks;

/// <summary>A config.json with models of the kind of dummy, in a folder of its own until disposal.</summary>
internal sealed class ConfigFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-bench-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "config.json");

    /// <summary>Writes it anew.</summary>
    /// <param name="models">Names, and how many infer requests each has; null for as many as the server chooses.</param>
    public void Write(params IEnumerable<(string Name, int? Nireq)> models)
    {
        JsonArray entries = [.. models.Select(static model =>
        {
            JsonObject config = new() { ["name"] = model.Name, ["base_path"] = Workload.Dummy.ModelPath };
            if (model.Nireq is { } nireq)
                config["nireq"] = nireq;
            return new JsonObject { ["config"] = config };
        })];
        File.WriteAllText(Path, new JsonObject { ["model_config_list"] = entries }.ToJsonString());
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
