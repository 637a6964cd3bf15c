using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Generation.Scheduling;
using Ovms.Generation.Requests;
using Ovms.Generation.Steps;
using Ovms.Language.Sampling;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>An engine over a <see cref="FakeModel"/>.</summary>
internal sealed class EngineRig : IAsyncDisposable
{
    public const int Vocabulary = 50;

    public EngineRig(
        int blocks = 1000, int sequences = 64, int stateRows = 0, int blockTokens = 32, EngineSettings? settings = null, TimeProvider? clock = null)
    {
        Model = new FakeModel(new StepCapacity(blockTokens, blockTokens == 0 ? 0 : blocks, stateRows, sequences, Vocabulary));
        Engine = new GenerationEngine(Model, settings ?? new EngineSettings(), clock ?? TimeProvider.System, NullLogger.Instance);
    }

    public FakeModel Model { get; }

    public GenerationEngine Engine { get; }

    /// <summary>A prompt that differs from those of other numbers from its first token on.</summary>
    public static int[] Prompt(int number, int length)
    {
        Random random = new(number);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(Vocabulary))];
    }

    public static GenerationRequest Greedy(int[] prompt, int tokens, params int[] ends) => new()
    {
        PromptIds = prompt,
        SamplingRules = new SamplingRules { Temperature = 0 },
        MaxTokens = tokens,
        EndIds = ends,
    };

    /// <summary>What <see cref="Tokens"/> must be.</summary>
    public static string Expected(int[] prompt, int tokens, params int[] ends) =>
        string.Join(' ', FakeModel.Greedy(prompt, tokens, Vocabulary, ends));

    /// <summary>Reads all events.</summary>
    public static async Task<List<TokenEvent>> ReadAsync(GenerationCall call, CancellationToken cancellation = default)
    {
        List<TokenEvent> events = [];
        while (await call.WaitAsync(cancellation))
        {
            while (call.TryRead(out TokenEvent item))
            {
                events.Add(item);
            }
        }

        return events;
    }

    /// <summary>The generated tokens of an answer.</summary>
    public static string Tokens(IEnumerable<TokenEvent> events, int answer = 0) => string.Join(' ', Ids(events, answer));

    /// <inheritdoc cref="Tokens"/>
    public static int[] Ids(IEnumerable<TokenEvent> events, int answer = 0) =>
        [.. events.Where(item => item.HasToken && item.Answer == answer && item.PromptIndex < 0).Select(static item => item.Choice.Id)];

    public GenerationCall Submit(GenerationRequest request) =>
        Engine.Submit(request) is { IsOk: true } taken ? taken.Value : throw new InvalidOperationException(Engine.Submit(request).Text);

    public async Task<List<TokenEvent>> RunAsync(GenerationRequest request) => await ReadAsync(Submit(request));

    /// <summary>Stops the engine when all calls have ended, and checks that it left nothing behind.</summary>
    public async Task StopAsync()
    {
        await Engine.StopAsync(CancellationToken.None);
        EngineSnapshot now = Engine.Counts.Now;
        await Assert.That(Model.Faults).IsEmpty();
        await Assert.That((now.Running, now.Waiting, now.OwnedBlocks)).IsEqualTo((0, 0, 0));
        await Assert.That(now.FreeBlocks + now.KeptBlocks).IsEqualTo(Model.Capacity.Blocks);
        await Assert.That(Model.IsDisposed).IsTrue();
    }

    public async ValueTask DisposeAsync() => await Engine.DisposeAsync();
}
