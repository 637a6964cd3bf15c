using System.Text.Json;
using Ovms.Generation.Models;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Generation.Models;

/// <summary>A prompt, and what the model answers greedily.</summary>
internal sealed record Reference(string Name, int[] Prompt, int[] Answer, double[] LogProbabilities);

/// <summary>Prompts and answers of language models that lie beside a checkout of the project.</summary>
internal sealed record References(string Model, KeyValuePair<string, string>[] Exact, int? EndId, Reference[] Records)
{
    /// <summary>Those of a family of models; skips the test where they are missing.</summary>
    public static References OfFamily(string name) => Read(Repo.ModelBeside($"families/{name}"), Path.Combine("families", $"{name}.json"), "properties");

    /// <summary>Those of SmolLM2; skips the test where they are missing.</summary>
    public static References OfSmolLm2() => Read(Repo.ModelBeside("smollm2_135m"), "smollm2_answers.json", "properties_exact");

    /// <summary>Settings under which the answers are exact.</summary>
    public LanguageModelSettings Settings => new("CPU", Exact, 256L << 20, 16);

    private static References Read(string model, string file, string properties)
    {
        DirectoryInfo? folder = new(model);
        while (folder is not null && folder.Name != "models")
        {
            folder = folder.Parent;
        }

        string path = Path.Combine(folder!.Parent!.FullName, "expected", "generative", file);
        if (!File.Exists(path))
        {
            Skip.Test($"The answers are not there: {path}.");
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement root = document.RootElement;
        bool goesOn = root.TryGetProperty("ignore_eos", out JsonElement ignores) && ignores.GetBoolean();
        return new References(
            model,
            [.. root.GetProperty(properties).EnumerateObject().Select(static pair => KeyValuePair.Create(pair.Name, pair.Value.GetString()!))],
            goesOn ? null : root.GetProperty("eos_token_id").GetInt32(),
            [.. root.GetProperty("records").EnumerateArray().Select(static (record, i) => new Reference(
                record.TryGetProperty("name", out JsonElement name) ? name.GetString()! : $"{i}",
                Numbers(record.GetProperty("prompt_ids")),
                Numbers(record.GetProperty("token_ids")),
                [.. record.GetProperty("logprobs").EnumerateArray().Select(static value => value.GetDouble())]))]);
    }

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(static value => value.GetInt32())];
}
