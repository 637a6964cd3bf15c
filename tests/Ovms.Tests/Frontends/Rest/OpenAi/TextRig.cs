using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Devices;
using Ovms.Frontends;
using Ovms.Frontends.Rest.OpenAi;
using Ovms.Generation;
using Ovms.Generation.Scheduling;
using Ovms.Generation.Steps;
using Ovms.Generation.Tokenizing;
using Ovms.Repository.Language;
using Ovms.Serving.Loading;
using Ovms.Status;
using Ovms.Tests.Generation.Scheduling;
using Ovms.Tests.Generation.Tokenizing;

namespace Ovms.Tests.Frontends.Rest.OpenAi;

/// <summary>One request of completions, from its fields to its response, over a <see cref="FakeModel"/> and a real tokenizer.</summary>
internal sealed class TextRig : IDisposable
{
    private readonly LanguageModel _language;
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));

    public TextRig()
    {
        LanguageFolder folder = TokenizerFolder.Of("bpe_raw");
        LanguageTokenizer tokenizer = TokenizerFolder.Load(folder);
        Model = new FakeModel(new StepCapacity(32, 4000, 0, 64, tokenizer.VocabularySize));
        _language = new LanguageModel
        {
            Engine = new GenerationEngine(Model, new EngineSettings(), TimeProvider.System, NullLogger.Instance),
            Tokenizer = tokenizer,
            Chat = Outcome.Fail(StatusCode.InvalidTextRequest, "no template"),
            Settings = new LanguageSettings
            {
                Device = TargetDevice.Cpu, Plugin = PluginConfig.Empty, CacheBytes = 0, MaxSequences = 64, MaxBatchedTokens = null,
                CachesPrefixes = true, SplitsPrompts = true, IsStateful = false, MaxTokensLimit = null, BestOfLimit = 20, IsOfGraph = false,
                Warning = null, StateInterval = null, MaxPromptTokens = null, IsOnlyVersion = true,
            },
            Facts = TokenizerFolder.FactsOf(folder),
            Longest = 32 * 4000,
            Vocabulary = tokenizer.VocabularySize,
            Reservation = null,
            AnswerTime = null,
        };
        Context = ResponsePipe.ContextOf(_pipe);
        Context.RequestAborted = Leave.Token;
    }

    public FakeModel Model { get; }

    public GenerationEngine Engine => _language.Engine;

    public HttpContext Context { get; }

    /// <summary>The clock of the response.</summary>
    public EngineClock Clock { get; } = new();

    /// <summary>The caller leaves.</summary>
    public CancellationTokenSource Leave { get; } = new();

    /// <summary>The server stops.</summary>
    public CancellationTokenSource CutOff { get; } = new();

    /// <summary>The memory of all calls.</summary>
    public RequestMemory Memory { get; init; } = new(0, "");

    /// <summary>Answers a request.</summary>
    public async Task<string> RunAsync(string fields)
    {
        RequestFields request = new(JsonDocument.Parse($"{{{fields},\"temperature\":0,\"ignore_eos\":true}}").RootElement);
        using TextMeter meter = new(Context, null, isStream: false);
        using MemoryShare share = new MemoryShare().Of(Memory);
        TextExchange exchange = new(Context, request, "m", _language, meter, share, CutOff.Token) { Clock = Clock };
        await exchange.GenerateAsync(
            static (read, settings) => CompletionRequest.Read(read, TextLimits.Of(settings)),
            TextStart.CompletionAsync,
            static call => new CompletionForm(call));
        await _pipe.Writer.CompleteAsync();
        return Encoding.UTF8.GetString((await _pipe.Reader.ReadAtLeastAsync(int.MaxValue)).Buffer.ToArray());
    }

    /// <summary>Waits until the response has begun.</summary>
    public async Task<string> BeginningAsync()
    {
        ReadResult read = await _pipe.Reader.ReadAsync();
        string text = Encoding.UTF8.GetString(read.Buffer.ToArray());
        _pipe.Reader.AdvanceTo(read.Buffer.Start);
        return text;
    }

    public void Dispose()
    {
        _language.Dispose();
        Leave.Dispose();
        CutOff.Dispose();
    }
}
