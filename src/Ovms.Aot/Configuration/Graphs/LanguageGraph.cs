using System.Collections.Immutable;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Configuration.Graphs;

/// <summary>
/// A graph with one node that generates text: it is read into the options of a language model, and not executed. Source of names and
/// defaults: the original's LLMCalculatorOptions.
/// </summary>
/// <param name="Model">The options of the model, its path and task among them.</param>
/// <param name="Warnings">Sentences about fields that have no effect.</param>
internal sealed record LanguageGraph(ModelOptions Model, ImmutableArray<string> Warnings)
{
    private const string Calculator = "HttpLLMCalculator";

    /// <summary>The message of the options.</summary>
    internal const string OptionsType = "mediapipe.LLMCalculatorOptions";

    /// <summary>The field that names the folder of the model.</summary>
    internal const string ModelsPath = "models_path";

    private static readonly string[] s_refused =
    [
        "draft_models_path", "draft_device", "draft_max_num_batched_tokens", "draft_cache_size", "draft_block_size", "draft_max_num_seqs",
        "draft_dynamic_split_fuse", "draft_eagle3_mode", "cache_eviction_config", "sparse_attention_config",
    ];

    private static readonly string[] s_unused = ["block_size", "chat_template_mode"];

    /// <summary>Reads a graph's file.</summary>
    /// <param name="path">The file; absolute. Relative paths in it start from its folder.</param>
    /// <param name="model">The options given beside the graph: name, version policy.</param>
    /// <returns>The graph; <see cref="StatusCode.NotImplemented"/> if it is one of another kind; or what is wrong with it.</returns>
    public static Outcome<LanguageGraph> Read(string path, ModelOptions model)
    {
        Outcome<string> text = GraphFile.Read(path);
        if (text.Code == StatusCode.FileInvalid || (text.IsOk && !text.Value.Contains(Calculator, StringComparison.Ordinal)))
        {
            return NotServed(path);
        }

        Outcome<ProtoMessage> message = text.IsOk ? ProtoReader.Read(text.Value, path) : text.WithoutValue;
        if (!message.IsOk)
        {
            return message.WithoutValue;
        }

        ProtoField[] nodes = [.. message.Value.All("node").Where(static node => node.Message?.Last("calculator")?.Scalar == Calculator)];
        if (nodes.Length == 0)
        {
            return NotServed(path);
        }

        if (nodes.Length > 1)
        {
            return Refuse(path, nodes[1], $"a graph may have one {Calculator}; this is the second one");
        }

        ProtoField? options = OptionsOf(nodes[0].Message!);
        return options?.Message is { } given
            ? Bind(path, given, model)
            : Refuse(path, nodes[0], $"the node has no options of type {OptionsType}, which name the model");
    }

    private static Outcome NotServed(string path) =>
        Outcome.Fail(StatusCode.NotImplemented, $"{path} is a graph without {Calculator}.");

    // What stands in options counts where both are given.
    private static ProtoField? OptionsOf(ProtoMessage node) =>
        node.All("options").Concat(node.All("node_options"))
            .SelectMany(static holder => holder.Message?.Fields ?? [])
            .FirstOrDefault(static field =>
                field.Name == OptionsType || field.Name.StartsWith(OptionsType + ".", StringComparison.Ordinal));

    private static Outcome<LanguageGraph> Bind(string path, ProtoMessage options, ModelOptions model)
    {
        // The defaults of a graph are the original's, which differ from those of the command line in one.
        ModelOptions bound = model with
        {
            Task = TaskKind.TextGeneration,
            EnablePrefixCaching = TrueFalse.False,
            TargetDevice = "",
            IsOfGraph = true,
        };
        List<string> warnings = [];
        string? models = null;
        foreach (ProtoField field in options.Fields)
        {
            if (field.Scalar?.Contains('\0') == true)
            {
                return Refuse(path, field, $"{field.Name} has a NUL, which no path or name has; leave it out");
            }

            if (s_refused.Contains(field.Name))
            {
                return Refuse(path, field, $"{field.Name} is not served yet; leave it out");
            }

            if (s_unused.Contains(field.Name))
            {
                warnings.Add($"{path}, {field.Place}: {field.Name} has no effect");
                continue;
            }

            Outcome<ModelOptions> next;
            if (field.Name == ModelsPath)
            {
                models = field.AsText();
                next = models is null ? GraphFields.WrongValue(field, GraphFields.AText) : bound;
            }
            else
            {
                next = GraphFields.Apply(field, bound);
            }

            if (!next.IsOk)
            {
                return Refuse(path, field, next.Detail!);
            }

            bound = next.Value!;
        }

        if (string.IsNullOrEmpty(models))
        {
            return Outcome.Fail(StatusCode.GraphInvalid, $"{path}: the options name no models_path, the folder of the language model.");
        }

        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, models)));
        return Path.Exists(folder)
            ? new LanguageGraph(bound with { ModelPath = folder }, [.. warnings])
            : Outcome.Fail(
                StatusCode.GraphInvalid,
                $"{path}: models_path is {Shown.Bounded(models)}, but there is no folder {Shown.Bounded(folder)}; "
                    + "export the model there, or name its folder.");
    }

    private static Outcome<LanguageGraph> Refuse(string path, ProtoField at, string why) =>
        Outcome.Fail(StatusCode.GraphInvalid, $"{path}, {at.Place}: {why}{(why.EndsWith('?') ? "" : ".")}");
}
