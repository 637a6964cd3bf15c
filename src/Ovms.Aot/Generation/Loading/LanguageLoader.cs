using System.Collections.Immutable;
using System.Diagnostics;
using Ovms.Devices;
using Ovms.Devices.Cpu;
using Ovms.Devices.Health;
using Ovms.Generation.Tokenizing;
using Ovms.Generation.Scheduling;
using Ovms.Generation.Models;
using Ovms.Language.Chat;
using Ovms.Language.Text;
using Ovms.Observability;
using Ovms.Repository;
using Ovms.Repository.Language;
using Ovms.Serving;
using Ovms.Serving.Health;
using Ovms.Serving.Loading;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Generation.Loading;

/// <summary>Loads a language model with all that answers need: the files beside it, tokenizer, template, the model, its engine.</summary>
/// <param name="cores">OpenVINO.</param>
/// <param name="devices">Resolves devices and checks properties.</param>
/// <param name="cpus">Allots CPUs to models.</param>
/// <param name="cacheDir">Folder for what need not be found out again; empty = none.</param>
/// <param name="clock">The source of time.</param>
/// <param name="log">The log.</param>
/// <param name="changed">Called when a model's health changes.</param>
/// <param name="isReachable">Whether the server has a REST port or socket, over which alone text is asked for.</param>
internal sealed class LanguageLoader(
    EngineCores cores, DeviceCompiler devices, CpuPlanner cpus, string cacheDir, TimeProvider clock, ILogger log, Action changed,
    bool isReachable = true)
{
    // The cache of a model that says nothing of its length.
    private const int UsualLength = 4096;

    /// <summary>The time that an answer may take; null = any.</summary>
    public TimeSpan? AnswerTime { get; init; }

    /// <inheritdoc cref="LoadLanguage"/>
    public Outcome<LoadedModel> Load(ServableId id, ModelFile file, LanguageSettings settings)
    {
        long started = Stopwatch.GetTimestamp();
        LanguageFolder folder = new(Path.GetDirectoryName(file.Path)!);
        Outcome<LanguageFacts> facts = LanguageFacts.Read(folder);
        if (!facts.IsOk)
        {
            return facts.WithoutValue;
        }

        Warn(id, facts.Value.Warnings);
        Warn(id, StopText.Check(facts.Value.Generation.StopStrings) is { } fault
            ? [$"{folder.In(GenerationFile.Name)}: stop_strings: {fault}. None of them is used."]
            : []);
        Warn(id, settings.Warning is { } warning ? [warning] : []);
        Warn(id, LargeCache.WarningOf(settings.CacheBytes, LargeCache.Memory) is { } tooLarge ? [tooLarge] : []);
        Warn(id, isReachable ? [] : ["no caller can reach it: text is generated over HTTP only, and no rest_port is set"]);
        Outcome<LanguageTokenizer> tokenizer = LanguageTokenizer.Load(folder, facts.Value, EncodingLimits.Default);
        if (!tokenizer.IsOk)
        {
            return tokenizer.WithoutValue;
        }

        Warn(id, tokenizer.Value.Notes);
        Outcome<LoadedModel> loaded = LoadModel(id, folder, settings, facts.Value, tokenizer.Value, started);
        if (!loaded.IsOk)
        {
            tokenizer.Value.Dispose();
        }

        return loaded;
    }

    /// <summary>Loads the model without tokenizer and engine, to measure it alone.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="file">Its main file.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="mostTokens">Tokens that its KV cache must hold, unless the settings give its size.</param>
    /// <returns>The model, which the caller disposes; or why it cannot be loaded.</returns>
    public Outcome<LoadedLanguageModel> LoadAlone(string name, ModelFile file, LanguageSettings settings, long mostTokens)
    {
        Outcome<CompiledLanguage> made = Compile(new ServableId(name, 1), Path.GetDirectoryName(file.Path)!, settings, mostTokens);
        return made.IsOk ? made.Value!.Model : made.WithoutValue;
    }

    private Outcome<LoadedModel> LoadModel(
        ServableId id, LanguageFolder folder, LanguageSettings settings, LanguageFacts facts, LanguageTokenizer tokenizer, long started)
    {
        long mostTokens = (long)settings.MaxSequences * (facts.Model.ModelLength ?? UsualLength);
        Outcome<CompiledLanguage> made = Compile(id, folder.Path, settings, mostTokens);
        if (!made.IsOk)
        {
            return made.WithoutValue;
        }

        (LoadedLanguageModel model, string device, DeviceUse? uses) = made.Value!;
        Warn(id, VocabularyFit.WarningOf(folder, tokenizer, model.Runner.Capacity.Vocabulary) is { } misfit ? [misfit] : []);
        Warn(id, settings.StateInterval is not null && model.Cache is not { StateRows: > 0 }
            ? ["cache_interval_multiplier: no effect, because the model is not served with tables of states beside the KV cache"]
            : []);
        ServableHealth health = new();
        LanguageModel language = Assemble(id, settings, facts, tokenizer, model, health);
        Report(id, device, language, model, started);
        return new LoadedModel(new Signature([], []), language, compiled: null)
        {
            Device = device,
            Devices = ExecutingDevices.Only(device, model.Streams),
            Uses = uses,
            Health = health,
        };
    }

    private Outcome<CompiledLanguage> Compile(
        ServableId id, string folder, LanguageSettings settings, long mostTokens)
    {
        List<string> warnings = [];
        CpuAllotment? allotment = settings.Device.MayUseCpu ? cpus.Allot(id.Name, warnings) : null;
        Outcome<(IEnumerable<TargetDevice> Order, string? Warning)> places = devices.OneByOne(settings.Device);

        // No device mends the files, so that the others are not tried for them.
        Outcome possible = places.IsOk && settings.Device.Mode == DeviceMode.Auto
            ? LanguageModelLoader.Check(folder)
            : places.WithoutValue;
        if (!possible.IsOk)
        {
            return possible;
        }

        Warn(id, [.. warnings, .. places.Value.Warning is { } absent ? [absent] : Array.Empty<string>()]);
        Outcome<CompiledLanguage> made = DeviceTrials.First(
            settings.Device,
            places.Value.Order,
            device => CompileOn(device, allotment, id, folder, settings, mostTokens),
            warning => Warn(id, [warning]));
        if (made.IsOk)
        {
            Warn(id, [.. made.Value!.Model.Notes]);
        }

        return made;
    }

    private Outcome<CompiledLanguage> CompileOn(
        TargetDevice device, CpuAllotment? cpus, ServableId id, string folder, LanguageSettings settings, long mostTokens)
    {
        Outcome<DevicePlace> place = devices.PlaceOn(settings.Device, device, settings.Plugin, cpus);
        if (!place.IsOk)
        {
            return place.WithoutValue;
        }

        Warn(id, place.Value.Warnings);
        long wanted = settings.CacheBytes > 0
            ? settings.CacheBytes
            : KvBudget.Free(other => other.Name == id.Name && (other.Version == id.Version || settings.IsOnlyVersion));
        LanguageModelSettings asked = new(place.Value.Device, place.Value.Properties, wanted, settings.MaxSequences)
        {
            MaxTokens = settings.CacheBytes > 0 ? 0 : mostTokens,
            VerdictFolder = cacheDir.Length == 0 ? null : Path.Combine(cacheDir, "lanes"),
            KeepsStates = settings.CachesPrefixes,
            IsStateful = settings.IsStateful,
            FirstInferenceLimit = device.IsCpuAlone ? null : WarmUp.Patience,
        };
        DeviceUse? uses = devices.UseOf(device);
        Outcome<LoadedLanguageModel> model = default;
        Outcome done = devices.Guard(device, () => model = LanguageModelLoader.Load(cores.Current, folder, asked));
        string? tooLarge = LargeCache.WarningOf(settings.CacheBytes, LargeCache.Memory);
        return !done.IsOk ? done
            : model.IsOk ? new CompiledLanguage(model.Value!, place.Value.Device, uses)
            : tooLarge is null ? model.WithoutValue
            : Outcome.Fail(model.Code, $"{model.Detail}; {tooLarge}");
    }

    private LanguageModel Assemble(
        ServableId id, LanguageSettings settings, LanguageFacts facts, LanguageTokenizer tokenizer, LoadedLanguageModel model,
        ServableHealth health)
    {
        int vocabulary = model.Runner.Capacity.Vocabulary;
        long cache = model.Cache?.Tokens ?? long.MaxValue;
        long length = Math.Min(facts.Model.ModelLength ?? facts.Generation.MaxLength ?? int.MaxValue, cache);
        EngineHealth told = new(id, health, changed);
        EngineSettings engine = new()
        {
            Model = id.Name,
            MaxSequences = settings.MaxSequences,
            MaxBatchedTokens = model.SplitsPrompts ? settings.MaxBatchedTokens ?? int.MaxValue : int.MaxValue,
            SplitsPrompts = settings.SplitsPrompts && model.SplitsPrompts,
            KeepsPrefixes = settings.CachesPrefixes,
            StateInterval = StateIntervalOf(settings, model.Cache),
            HealthChanged = told.Take,
        };
        GenerationEngine made = new(model.Runner, engine, clock, log);
        told.Watch(made);
        return new LanguageModel
        {
            Engine = made,
            Tokenizer = tokenizer,
            Chat = ChatOf(facts, tokenizer),
            Settings = settings,
            Facts = facts,
            Longest = (int)Math.Min(length, int.MaxValue),
            AnswerTime = AnswerTime,
            Vocabulary = vocabulary,
            Reservation = model.Cache is { } kv ? KvBudget.Reserve(id, kv.Bytes, () => FilledOf(made.Counts.Now, kv)) : null,
        };
    }

    private static int StateIntervalOf(LanguageSettings settings, KvFacts? cache) => settings.StateInterval ?? cache?.StateInterval ?? 1;

    private static long FilledOf(EngineSnapshot now, KvFacts cache) =>
        ((now.OwnedBlocks + now.KeptBlocks) * cache.BlockBytes) + (now.StateRows * cache.StateRowBytes);

    private Outcome<ChatPrompt> ChatOf(LanguageFacts facts, LanguageTokenizer tokenizer) =>
        facts.Template is null
            ? Outcome.Fail(
                StatusCode.InvalidTextRequest,
                "The model has no chat template (in its tokenizer IR, chat_template.jinja, chat_template.json or tokenizer_config.json); "
                    + "send a prompt to /v3/completions")
            : ChatPrompt.Of(facts.Template.Text, facts.Template.ForTools, ConstantsOf(tokenizer.Roles), clock);

    private static Dictionary<string, string> ConstantsOf(SpecialTokens roles) =>
        new (string Name, string? Text)[] { ("bos_token", roles.Bos.Text), ("eos_token", roles.Eos.Text), ("pad_token", roles.Pad.Text) }
            .Where(static pair => pair.Text is not null)
            .ToDictionary(static pair => pair.Name, static pair => pair.Text!);

    private void Report(ServableId id, string device, LanguageModel language, LoadedLanguageModel model, long started)
    {
        string cache = model.Cache is { } kv
            ? $"{kv.Precision}, {kv.TokenBytes / 1000:F1} kB a token, {kv.Blocks} blocks of {kv.BlockTokens} = {kv.Tokens} tokens, "
                + $"{kv.Bytes / 1e9:F2} GB reserved"
                + (kv.StateRows > 0 ? $", {StatesOf(language.Settings, kv)}" : "")
            : "one infer request a conversation";
        string template = language.Chat.IsOk ? language.Facts.Template!.Source
            : language.Facts.Template is { } broken ? $"{broken.Source} cannot be used ({language.Chat.Detail}), so chat answers 400"
            : "none, so chat answers 400";
        string lane = model.Lane == ModelLane.Paged ? "paged attention" : $"stateful, because {model.Reason}";
        lane += model.SplitsPrompts ? ""
            : "; each prompt is computed at once, because pieces would change the answers (max_num_batched_tokens has no effect)";
        Log.LanguageModelLoaded(
            log, id.Name, id.Version, device, lane, cache, language.Longest, template, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static string StatesOf(LanguageSettings settings, KvFacts cache)
    {
        int interval = StateIntervalOf(settings, cache);
        string rows = $"{cache.StateRows} rows of {cache.StateRowBytes / 1000.0:F1} kB for other states";
        return settings.CachesPrefixes
            ? $"{rows}, kept every {interval * cache.BlockTokens} tokens and at the last border of a prompt, where prefixes are reused"
            : rows;
    }

    private void Warn(ServableId id, ImmutableArray<string> sentences) => LoadWarnings.Tell(log, id, sentences);

    private sealed record CompiledLanguage(LoadedLanguageModel Model, string Device, DeviceUse? Uses);
}
