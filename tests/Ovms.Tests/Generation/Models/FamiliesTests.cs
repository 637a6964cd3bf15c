using Ovms.Generation.Models;
using Ovms.Native.Paging;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Generation.Models;

/// <summary>Every kind of state, mask and input that exported language models have.</summary>
public class FamiliesTests
{
    [Test]
    [Arguments("bloom")]
    [Arguments("deepseek_v3")]
    [Arguments("gemma2")]
    [Arguments("gemma3n_text")]
    [Arguments("gpt2")]
    [Arguments("gpt_oss")]
    [Arguments("granite")]
    [Arguments("granitemoehybrid")]
    [Arguments("lfm2")]
    [Arguments("llama")]
    [Arguments("mistral")]
    [Arguments("phi3")]
    [Arguments("qwen2")]
    [Arguments("qwen3")]
    [Arguments("qwen3_moe")]
    [Arguments("qwen3_next")]
    [Arguments("smollm3")]
    [Arguments("starcoder2")]
    public async Task PagedFamily_AnswersExactly(string name)
    {
        if (PagedAttention.Load(Engine.Core, out string? refusal) is null)
        {
            Skip.Test(refusal!);
        }

        await AnswersExactly(name, ModelLane.Paged, null);
    }

    [Test]
    [Arguments("mamba", "No ScaledDotProductAttention operation observed")]
    [Arguments("mpt", "changes what this model computes")]
    [Arguments("qwen3_5_text", "changes what this model computes")]
    public async Task FamilyThatCannotBePaged_AnswersExactly(string name, string reason)
    {
        if (PagedAttention.Load(Engine.Core, out string? refusal) is null)
        {
            Skip.Test(refusal!);
        }

        await AnswersExactly(name, ModelLane.Stateful, reason);
    }

    [Test]
    [Arguments("bloom")]
    [Arguments("gemma3n_text")]
    [Arguments("granitemoehybrid")]
    [Arguments("lfm2")]
    [Arguments("llama")]
    [Arguments("qwen3_next")]
    public async Task WithoutPagedAttention_FamilyAnswersExactly(string name)
    {
        References references = References.OfFamily(name);
        string text = Path.Combine(references.Model, LanguageModelLoader.FileName);
        using StatefulModel model = new ModelForms(Engine.Core, text, IrOutlineReader.Read(text)).Plain(references.Settings).Value!;
        Reference[] some = references.Records[..2];
        int[][] answers = new GreedyLoop(model) { Chunk = 32 }.Answer([.. some.Select(static record => record.Prompt)], some[0].Answer.Length, references.EndId);
        for (int i = 0; i < some.Length; i++)
        {
            await Assert.That(answers[i]).IsEquivalentTo(some[i].Answer, TUnit.Assertions.Enums.CollectionOrdering.Matching).Because(some[i].Name);
        }
    }

    private static async Task AnswersExactly(string name, ModelLane lane, string? reason)
    {
        References references = References.OfFamily(name);
        Outcome<LoadedLanguageModel> loaded = LanguageModelLoader.Load(Engine.Core, references.Model, references.Settings);
        await Assert.That(loaded.Text).IsEqualTo("OK");
        using LoadedLanguageModel model = loaded.Value!;
        await Assert.That(model.Lane).IsEqualTo(lane).Because(model.Reason ?? "");
        if (reason is not null)
        {
            await Assert.That(model.Reason).Contains(reason);
        }

        await Assert.That(model.SplitsPrompts).IsEqualTo(name != "mamba");
        GreedyLoop loop = new(model.Runner);
        foreach (Reference reference in references.Records)
        {
            int[] answer = loop.Answer(reference.Prompt, reference.Answer.Length, references.EndId);
            await Assert.That(answer).IsEquivalentTo(reference.Answer, TUnit.Assertions.Enums.CollectionOrdering.Matching).Because(reference.Name);
        }

        // All at once, their prompts in pieces, where the pieces are exact.
        await InPiecesAnswerExactly(references, model, 32);
        if (model.SplitsPrompts)
        {
            await InPiecesAnswerExactly(references, model, Math.Max(1, model.Runner.Capacity.BlockTokens));
        }
    }

    private static async Task InPiecesAnswerExactly(References references, LoadedLanguageModel model, int chunk)
    {
        GreedyLoop mixed = new(model.Runner) { Chunk = model.SplitsPrompts ? chunk : int.MaxValue };
        int[][] answers = mixed.Answer([.. references.Records.Select(static record => record.Prompt)], references.Records[0].Answer.Length, references.EndId);
        for (int i = 0; i < answers.Length; i++)
        {
            await Assert.That(answers[i]).IsEquivalentTo(references.Records[i].Answer, TUnit.Assertions.Enums.CollectionOrdering.Matching).Because(references.Records[i].Name);
        }
    }
}
