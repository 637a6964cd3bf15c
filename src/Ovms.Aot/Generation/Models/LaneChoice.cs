using Ovms.Generation.Steps;
using Ovms.Native;
using Ovms.Native.Paging;
using Ovms.Status;

namespace Ovms.Generation.Models;

/// <summary>
/// Decides how one model is computed. It is paged only if it then computes the same as without: some models lose a part of their attention
/// in the pass, without a word, and no list of names would hold them all.
/// </summary>
/// <param name="core">Reads and compiles.</param>
/// <param name="text">The file of the model's text.</param>
/// <param name="outline">Its outline.</param>
/// <param name="settings">How it is loaded.</param>
internal sealed class LaneChoice(Core core, string text, IrOutline outline, LanguageModelSettings settings)
{
    // Weights of F16 take twice their size in F32, beside what the model itself takes later.
    private const long MemoryShare = 8;

    private static readonly KeyValuePair<string, string>[] s_exact =
    [
        KeyValuePair.Create("INFERENCE_PRECISION_HINT", "f32"),
        KeyValuePair.Create("KV_CACHE_PRECISION", "f32"),
        KeyValuePair.Create("DYNAMIC_QUANTIZATION_GROUP_SIZE", "0"),
    ];

    private readonly ModelForms _forms = new(core, text, outline);
    private readonly List<string> _notes = [];

    /// <summary>Loads the model.</summary>
    /// <exception cref="OpenVinoException">OpenVINO cannot read or compile it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public Outcome<LoadedLanguageModel> Load()
    {
        string? reason = settings.IsStateful ? "pipeline_type LM asks for it"
            : settings.Device == "CPU" ? null
            : $"paged attention runs on the CPU, and the model is for {settings.Device}";
        if (reason is null && PagedAttention.Load(core, out reason) is { } paged)
        {
            Outcome<Model> transformed = _forms.Transform(paged);
            if (transformed.IsOk)
            {
                using Model model = transformed.Value;
                string? note = _forms.Note;
                reason = WhyNotTheSame(model);
                if (reason is null)
                {
                    AddNote(note);
                    return LoadPaged(model);
                }
            }
            else
            {
                reason = transformed.Detail;
            }
        }

        return LoadStateful(reason!);
    }

    private Outcome<LoadedLanguageModel> LoadPaged(Model transformed)
    {
        Outcome<(PagedModel Model, KvFacts Facts)> made = _forms.Page(transformed, settings);
        if (!made.IsOk)
            return made.WithoutValue;
        (PagedModel model, KvFacts facts) = made.Value;
        Outcome computes = FirstInference.Run(model, settings.FirstInferenceLimit);
        return computes.IsOk
            ? new LoadedLanguageModel(model, ModelLane.Paged, null, facts, _notes) { Streams = model.Streams }
            : computes;
    }

    private Outcome<LoadedLanguageModel> LoadStateful(string reason)
    {
        Outcome<StatefulModel> made = _forms.Plain(settings);
        if (!made.IsOk)
            return made.WithoutValue;
        AddNote(_forms.Note);
        StatefulModel model = made.Value;
        Outcome computes = FirstInference.Run(model, settings.FirstInferenceLimit);
        if (!computes.IsOk)
            return computes;
        if (!model.IsWhole && outline.States.Any(static state => state.Dimensions is not [_, _, -1, _]))
        {
            // Convolutions and recurrences go on from their state in ways of their own.
            Outcome<float[][]> pieces = LaneProbe.InPieces(model);
            Outcome<float[][]> whole = LaneProbe.Plainly(model);
            model.IsWhole = !pieces.IsOk || (whole.IsOk && !LaneProbe.AreSame(whole.Value, pieces.Value, LaneProbe.Coarse));
        }

        bool splits = outline.States.All(static state => state.Dimensions is [_, _, -1, _]) || SplitsExactly(model);
        return new LoadedLanguageModel(model, ModelLane.Stateful, reason, null, _notes) { SplitsPrompts = splits, Streams = model.Streams };
    }

    // A recurrence may compute several tokens at once otherwise than one after the other, and its prompts are then computed at once. In
    // doubt they are, so that the narrow tolerance counts also where the model computes with less precision.
    private static bool SplitsExactly(StatefulModel model)
    {
        Outcome<float[][]> whole = LaneProbe.Plainly(model);
        return whole.IsOk && IsSame(LaneProbe.InSingles(model)) && (model.IsWhole || IsSame(LaneProbe.InPieces(model)));

        bool IsSame(Outcome<float[][]> split) => split.IsOk && LaneProbe.AreSame(whole.Value, split.Value, LaneProbe.Rounding);
    }

    // Null if the paged form computes the same as the stateful one, or if that cannot be found out.
    private string? WhyNotTheSame(Model transformed)
    {
        bool isExact = _forms.WeightBytes <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MemoryShare;
        LaneVerdicts verdicts = new(settings.VerdictFolder);
        string key = LaneVerdicts.KeyOf(text, isExact);
        if (verdicts.Find(key) is { } known)
            return known.Length == 0 ? null : known;

        LanguageModelSettings probe = settings with
        {
            Properties = isExact
                ? [.. settings.Properties.Where(static property => !IsPrecision(property.Key)), .. s_exact]
                : settings.Properties,
            CacheBytes = long.MaxValue / 2,
            MaxTokens = LaneProbe.CacheTokens,
            KeepsStates = true,
            MaxSequences = 2,
        };
        Outcome<float[][]> expected = Rows(() => _forms.Plain(probe), static made => made, LaneProbe.Plainly);
        if (!expected.IsOk || !LaneProbe.AreFinite(expected.Value))
        {
            string why = expected.IsOk ? "its logits are no finite numbers" : expected.Detail!;
            _notes.Add($"the paged form could not be compared with the stateful one: {why}");
            return null;
        }

        Outcome<float[][]> actual = Rows(() => _forms.Page(transformed, probe), static made => made.Model, LaneProbe.InMixedSteps);
        if (!actual.IsOk)
        {
            // Perhaps for the moment only, as for lack of memory.
            return $"the paged form fails: {actual.Detail}";
        }

        bool areSame = LaneProbe.AreSame(expected.Value, actual.Value, isExact ? LaneProbe.Rounding : LaneProbe.Coarse);
        string reason = areSame ? "" : "the paged-attention pass changes what this model computes";
        verdicts.Add(key, reason);
        return reason.Length == 0 ? null : reason;
    }

    // One form at a time is in memory.
    private static Outcome<float[][]> Rows<T>(
        Func<Outcome<T>> make, Func<T, IStepRunner> runnerOf, Func<IStepRunner, Outcome<float[][]>> compute)
    {
        try
        {
            Outcome<T> made = make();
            if (!made.IsOk)
                return made.WithoutValue;
            using IStepRunner runner = runnerOf(made.Value);
            return compute(runner);
        }
        catch (OpenVinoException e)
        {
            return Outcome.Fail(StatusCode.ModelNotLoaded, e.Said);
        }
    }

    private void AddNote(string? note)
    {
        if (note is not null)
            _notes.Add(note);
    }

    private static bool IsPrecision(string key) => key.Contains("_CACHE_", StringComparison.Ordinal)
        || key is "CACHE_DIR" or "CACHE_MODE" or "INFERENCE_PRECISION_HINT" or "DYNAMIC_QUANTIZATION_GROUP_SIZE" or "EXECUTION_MODE_HINT";
}
