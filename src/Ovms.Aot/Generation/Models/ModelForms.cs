using Ovms.Disk;
using Ovms.Native;
using Ovms.Native.Paging;
using Ovms.Status;

namespace Ovms.Generation.Models;

/// <summary>Makes the two forms of one model, as often as they are needed: to serve, and to compare them.</summary>
/// <param name="core">Reads and compiles.</param>
/// <param name="text">The file of the model's text.</param>
/// <param name="outline">Its outline.</param>
internal sealed class ModelForms(Core core, string text, IrOutline outline)
{
    private const string CacheFolder = "CACHE_DIR";

    private readonly string _weights = Path.ChangeExtension(text, ".bin");

    /// <summary>Bytes of the weights.</summary>
    public long WeightBytes => RegularFile.LengthOf(_weights) ?? 0;

    /// <summary>What the last form could not have.</summary>
    public string? Note { get; private set; }

    /// <summary>Reads the model and runs the pass.</summary>
    /// <returns>The model, which the caller disposes; or why the pass refused it.</returns>
    public Outcome<Model> Transform(PagedAttention paged)
    {
        using EditedIr ir = EditedIr.Make(text, _weights, outline, tokenAxis: 0);
        Note = ir.Note;
        Model model = ir.Read(core);
        if (paged.TryTransform(model) is not { } refusal)
            return model;
        model.Dispose();
        return Outcome.Fail(StatusCode.ModelNotLoaded, refusal);
    }

    /// <summary>Compiles a model that was transformed, and gives it its memory.</summary>
    public Outcome<(PagedModel Model, KvFacts Facts)> Page(Model transformed, LanguageModelSettings settings)
    {
        // The CPU plugin of 2026.4.1 stores paged models in its cache and cannot load them.
        KeyValuePair<string, string>[] properties = [.. settings.Properties.Where(static property => property.Key != CacheFolder)];
        CompiledModel compiled = core.Compile(transformed, settings.Device, properties);
        LogitsOutput? logits = LogitsOutput.Find(compiled.Outputs, out string? problem);
        Outcome<KvPlan> plan = KvPlan.Read(compiled.Inputs);
        PagedInputs? inputs = logits is null || !plan.IsOk ? null : PagedInputs.Find(compiled, out problem);
        if (logits is { } output && plan.IsOk && inputs is not null)
            return PagedModel.Create(compiled, inputs, plan.Value, output, settings);
        compiled.Dispose();
        return plan.IsOk ? Outcome.Fail(StatusCode.ModelNotLoaded, problem) : plan.WithoutValue;
    }

    /// <summary>Reads and compiles the model as it is.</summary>
    public Outcome<StatefulModel> Plain(LanguageModelSettings settings)
    {
        // Other devices look for the form of the head that the export gives it.
        using EditedIr ir = settings.Device == "CPU"
            ? EditedIr.Make(text, _weights, outline, tokenAxis: 1)
            : EditedIr.None(text, _weights);
        Note = ir.Note;
        using Model model = ir.Read(core);
        return StatefulModel.Create(core.Compile(model, settings.Device, settings.Properties), outline.States, settings.MaxSequences);
    }
}
