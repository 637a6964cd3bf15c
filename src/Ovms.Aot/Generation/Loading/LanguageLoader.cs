using System.Collections.Immutable;
using System.Diagnostics;
using Ovms.Devices;
using Ovms.Devices.Cpu;
using Ovms.Devices.Health;
using Ovms.Generation.Tokenizing;
using Ovms.Generation.Scheduling;
using Ovms.Generation.Models;
using Ovms.Language.Chat;
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
internal sealed class LanguageLoader(
    EngineCores cores, DeviceCompiler devices, CpuPlanner cpus, string cacheDir, TimeProvider clock, ILogger log, Action changed)
{
    // The cache of a model that says nothing of its length.
    private const int UsualLength = 4096;

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
        Warn(id, settings.Warning is { } warning ? [warning] : []);
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
        Outcome<(LoadedLanguageModel Model, string Device)> made =
            Compile(new ServableId(name, 1), Path.GetDirectoryName(file.Path)!, settings, mostTokens);
        return made.IsOk ? made.Value.Model : made.WithoutValue;
    }

    private Outcome<LoadedModel> LoadModel(
        ServableId id, LanguageFolder folder, LanguageSettings settings, LanguageFacts facts, LanguageTokenizer tokenizer, long started)
    {
        long mostTokens = (long)settings.MaxSequences * (facts.Model.ModelLength ?? UsualLength);
        Outcome<(LoadedLanguageModel Model, string Device)> made = Compile(id, folder.Path, settings, mostTokens);
        if (!made.IsOk)
        {
            return made.WithoutValue;
        }

        (LoadedLanguageModel model, string device) = made.Value;
        List<string> notes = [];
        Outcome fits = VocabularyFit.Check(folder, tokenizer, model.Runner.Capacity.Vocabulary, notes);
        if (!fits.IsOk)
        {
            model.Dispose();
            return fits;
        }

        Warn(id, [.. notes]);
        ServableHealth health = new();
        LanguageModel language = Assemble(id, settings, facts, tokenizer, model, health);
        Report(id, device, language, model, started);
        return new LoadedModel(new Signature([], []), language, compiled: null)
        {
            Device = device,
            Devices = ExecutingDevices.Only(device),
            Health = health,
        };
    }

    private Outcome<(LoadedLanguageModel Model, string Device)> Compile(
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
        Outcome<(LoadedLanguageModel Model, string Device)> made = DeviceTrials.First(
            settings.Device,
            places.Value.Order,
            device => CompileOn(device, allotment, id, folder, settings, mostTokens),
            warning => Warn(id, [warning]));
        if (made.IsOk)
        {
            Warn(id, [.. made.Value.Model.Notes]);
        }

        return made;
    }

    private Outcome<(LoadedLanguageModel Model, string Device)> CompileOn(
        TargetDevice device, CpuAllotment? cpus, ServableId id, string folder, LanguageSettings settings, long mostTokens)
    {
        Outcome<DevicePlace> place = devices.PlaceOn(settings.Device, device, settings.Plugin, cpus);
        if (!place.IsOk)
        {
            return place.WithoutValue;
        }

        Warn(id, place.Value.Warnings);
        long wanted = settings.CacheBytes > 0 ? settings.CacheBytes : KvBudget.Free();
        LanguageModelSettings asked = new(place.Value.Device, place.Value.Properties, wanted, settings.MaxSequences)
        {
            MaxTokens = settings.CacheBytes > 0 ? 0 : mostTokens,
            VerdictFolder = cacheDir.Length == 0 ? null : Path.Combine(cacheDir, "lanes"),
            IsStateful = settings.IsStateful,
        };
        Outcome<LoadedLanguageModel> model = default;
        Outcome done = devices.Guard(device, () => model = LanguageModelLoader.Load(cores.Current, folder, asked));
        return !done.IsOk ? done
            : !model.IsOk ? model.WithoutValue
            : (model.Value, place.Value.Device);
    }

    private LanguageModel Assemble(
        ServableId id, LanguageSettings settings, LanguageFacts facts, LanguageTokenizer tokenizer, LoadedLanguageModel model,
        ServableHealth health)
    {
        int vocabulary = model.Runner.Capacity.Vocabulary;
        long cache = model.Cache?.Tokens ?? long.MaxValue;
        long length = Math.Min(facts.Model.ModelLength ?? facts.Generation.MaxLength ?? int.MaxValue, cache);
        EngineSettings engine = new()
        {
            Model = id.Name,
            MaxSequences = settings.MaxSequences,
            MaxBatchedTokens = model.SplitsPrompts ? settings.MaxBatchedTokens ?? int.MaxValue : int.MaxValue,
            SplitsPrompts = settings.SplitsPrompts && model.SplitsPrompts,
            KeepsPrefixes = settings.CachesPrefixes,
            HealthChanged = reason =>
            {
                health.Set(reason is null ? null : $"{id.Name}; version: {id.VersionText}: {reason}");
                changed();
            },
        };
        return new LanguageModel
        {
            Engine = new GenerationEngine(model.Runner, engine, clock, log),
            Tokenizer = tokenizer,
            Chat = ChatOf(facts, tokenizer),
            Settings = settings,
            Facts = facts,
            Longest = (int)Math.Min(length, int.MaxValue),
            Vocabulary = vocabulary,
            Reservation = model.Cache is { } kv ? KvBudget.Reserve(kv.Bytes) : null,
        };
    }

    private Outcome<ChatPrompt> ChatOf(LanguageFacts facts, LanguageTokenizer tokenizer) =>
        facts.Template is null
            ? Outcome.Fail(
                StatusCode.InvalidTextRequest,
                "The model has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json); "
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
            : "one infer request a conversation";
        string template = language.Chat.IsOk ? language.Facts.Template!.Source : $"none ({language.Chat.Text})";
        string lane = model.Lane == ModelLane.Paged ? "paged attention" : $"stateful, because {model.Reason}";
        lane += model.SplitsPrompts ? ""
            : "; each prompt is computed at once, because pieces would change the answers (max_num_batched_tokens has no effect)";
        Log.LanguageModelLoaded(
            log, id.Name, id.Version, device, lane, cache, language.Longest, template, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private void Warn(ServableId id, ImmutableArray<string> sentences) => LoadWarnings.Tell(log, id, sentences);
}
