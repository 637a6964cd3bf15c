using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Generation.Models;
using Ovms.Generation.Requests;
using Ovms.Generation.Scheduling;
using Ovms.Native.Paging;
using Ovms.Tests.Generation.Scheduling;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Generation.Models;

/// <summary>Models with states beside the KV cache answer the same from a kept state as from the beginning of the prompt.</summary>
public class StateReuseFamiliesTests
{
    private const int Tokens = 32;

    [Test]
    [Arguments("granitemoehybrid", 1)]
    [Arguments("granitemoehybrid", 3)]
    [Arguments("lfm2", 1)]
    [Arguments("lfm2", 3)]
    [Arguments("qwen3_next", 1)]
    [Arguments("qwen3_next", 3)]
    public async Task Prompts_AreReusedExactly(string name, int interval)
    {
        (References references, GenerationEngine made) = Start(name, 40, interval);
        await using GenerationEngine engine = made;
        foreach (Reference reference in references.Records)
        {
            await Assert.That(await AnswerAsync(engine, reference.Prompt)).IsEqualTo((Text(reference.Answer), 0)).Because(reference.Name);
        }

        // Again, alone and in company, and with two answers.
        foreach (Reference reference in references.Records)
        {
            int cached = (reference.Prompt.Length - 1) / 32 * 32;
            await Assert.That(await AnswerAsync(engine, reference.Prompt)).IsEqualTo((Text(reference.Answer), cached)).Because(reference.Name);
        }

        (string Answer, int Cached)[] all = await Task.WhenAll(
            references.Records.Concat(references.Records).Select((reference, i) => AnswerAsync(engine, reference.Prompt, 1 + (i % 2))));
        for (int i = 0; i < all.Length; i++)
        {
            Reference reference = references.Records[i % references.Records.Length];
            await Assert.That(all[i].Answer).IsEqualTo(Text(reference.Answer)).Because(reference.Name);
        }
    }

    // A prompt that begins as the longest one and ends elsewhere, from every border on.
    [Test]
    [Arguments("granitemoehybrid")]
    [Arguments("lfm2")]
    [Arguments("qwen3_next")]
    public async Task Beginnings_AreReusedExactly(string name)
    {
        int[][] prompts;
        string[] cold;
        (References references, GenerationEngine made) = Start(name, 40, 2);
        await using (GenerationEngine engine = made)
        {
            int[] longest = references.Records.MaxBy(static record => record.Prompt.Length)!.Prompt;
            prompts = [longest, .. Enumerable.Range(1, 8).Select(i => (int[])[.. longest[..(i * 33)], .. longest[..20]])];
            cold = new string[prompts.Length];
            for (int i = 0; i < prompts.Length; i++)
            {
                (cold[i], _) = await AnswerAsync(engine, prompts[i], usesPrefix: false);
            }

            await AnswerAsync(engine, longest);
            for (int i = 1; i < prompts.Length; i++)
            {
                // Kept at every second border. What the prompts before this one left reaches less far.
                await Assert.That(await AnswerAsync(engine, prompts[i])).IsEqualTo((cold[i], i * 33 / 64 * 64)).Because($"{i}");
            }
        }
    }

    [Test]
    [Arguments("granitemoehybrid")]
    [Arguments("lfm2")]
    [Arguments("qwen3_next")]
    public async Task Conversation_GoesOnExactly(string name)
    {
        (References references, GenerationEngine made) = Start(name, 40, 8);
        await using GenerationEngine engine = made;
        int[] prompt = references.Records[0].Prompt;
        for (int turn = 0; turn < 4; turn++)
        {
            (string cold, _) = await AnswerAsync(engine, prompt, usesPrefix: false);
            (string answer, int cached) = await AnswerAsync(engine, prompt);
            await Assert.That(answer).IsEqualTo(cold).Because($"turn {turn}");
            await Assert.That(cached > 0).IsEqualTo(turn > 0);
            prompt = [.. prompt, .. answer.Split(' ').Select(int.Parse), .. references.Records[1].Prompt[..(11 + turn)]];
        }
    }

    [Test]
    [Arguments("granitemoehybrid")]
    [Arguments("lfm2")]
    [Arguments("qwen3_next")]
    public async Task Preemption_GoesBackToABorderExactly(string name)
    {
        // Blocks for the longest prompt and little else.
        (References references, GenerationEngine made) = Start(name, 14, 4);
        await using GenerationEngine engine = made;
        Reference[] some = [.. references.Records.Concat(references.Records).Concat(references.Records)];
        (string Answer, int Cached)[] all = await Task.WhenAll(some.Select((reference, i) => AnswerAsync(engine, reference.Prompt, 1 + (i % 2))));
        for (int i = 0; i < all.Length; i++)
        {
            await Assert.That(all[i].Answer).IsEqualTo(Text(some[i].Answer)).Because(some[i].Name);
        }

        await Assert.That(engine.Counts.Preemptions > 0).IsTrue();
    }

    private static (References References, GenerationEngine Engine) Start(string name, int blocks, int interval)
    {
        if (PagedAttention.Load(Engine.Core, out string? refusal) is null)
        {
            Skip.Test(refusal!);
        }

        References references = References.OfFamily(name);
        LanguageModelSettings asked = new("CPU", references.Exact, long.MaxValue / 2, 8) { MaxTokens = blocks * 32, KeepsStates = true };
        LoadedLanguageModel model = LanguageModelLoader.Load(Engine.Core, references.Model, asked).Value!;
        EngineSettings settings = new() { StateInterval = interval, MaxBatchedTokens = 256 };
        return (references, new GenerationEngine(model.Runner, settings, TimeProvider.System, NullLogger.Instance));
    }

    private static async Task<(string Answer, int Cached)> AnswerAsync(
        GenerationEngine engine, int[] prompt, int answers = 1, bool usesPrefix = true)
    {
        GenerationRequest request = EngineRig.Greedy(prompt, Tokens) with { Answers = answers, UsePrefix = usesPrefix };
        GenerationCall call = engine.Submit(request).Value!;
        List<TokenEvent> events = await EngineRig.ReadAsync(call);
        for (int i = 1; i < answers; i++)
        {
            await Assert.That(EngineRig.Tokens(events, i)).IsEqualTo(EngineRig.Tokens(events));
        }

        return (EngineRig.Tokens(events), call.CachedTokens);
    }

    private static string Text(int[] ids) => string.Join(' ', ids);
}
