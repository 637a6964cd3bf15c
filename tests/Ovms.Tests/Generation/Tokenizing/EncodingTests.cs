using Ovms.Generation.Tokenizing;
using Ovms.Language.Vocabulary;
using Ovms.Native;
using Ovms.Repository.Language;
using Ovms.Status;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Generation.Tokenizing;

/// <summary>Special tokens, lengths, unknown ids and many callers.</summary>
public class EncodingTests
{
    [Test]
    [Arguments("spm_bpe", "1", "")]
    [Arguments("unigram_bytes", "", "1")]
    [Arguments("bpe_cleanup", "0,0", "1,2")]
    [Arguments("bpe_truncated", "0", "1")]
    [Arguments("bpe_all_shown", "", "")]
    [Arguments("sentencepiece", "1", "")]
    [Arguments("sentencepiece_prefix", "1", "")]
    public async Task SpecialTokens_StandAroundAText_AndOnlyWhenAskedFor(string kind, string before, string after)
    {
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(TokenizerFolder.Of(kind));
        await Assert.That(string.Join(',', tokenizer.Around.Before)).IsEqualTo(before);
        await Assert.That(string.Join(',', tokenizer.Around.After)).IsEqualTo(after);
        foreach (string text in new[] { "The server", "", " ", "a\0b", "Привет", "\n" })
        {
            int[] plain = tokenizer.Encode(text, addSpecialTokens: false).Value!;
            int[] special = tokenizer.Encode(text, addSpecialTokens: true).Value!;
            await Assert.That(special)
                .IsEquivalentTo([.. tokenizer.Around.Before, .. plain, .. tokenizer.Around.After], CollectionOrdering.Matching);
        }
    }

    [Test]
    public async Task IrThatCutsAndPads_GivesAllOfATextAndNothingElse()
    {
        using LanguageTokenizer cutting = TokenizerFolder.Load(TokenizerFolder.Of("bpe_truncated"));
        using LanguageTokenizer other = TokenizerFolder.Load(TokenizerFolder.Of("bpe_all_shown"));
        foreach (string text in new[] { "a", string.Concat(Enumerable.Repeat("The server reads a model. ", 40)) })
        {
            int[] ids = cutting.Encode(text, addSpecialTokens: false).Value!;
            await Assert.That(ids).IsEquivalentTo(other.Encode(text, addSpecialTokens: true).Value!, CollectionOrdering.Matching);
            await Assert.That(cutting.Decode(ids, skipSpecialTokens: true)).IsEqualTo(text);
        }
    }

    [Test]
    [Arguments("spm_bpe")]
    [Arguments("bpe_cleanup")]
    [Arguments("bpe_all_shown")]
    [Arguments("sentencepiece")]
    public async Task SpecialTokens_AreShownOrSkipped(string kind)
    {
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(TokenizerFolder.Of(kind));
        int[] ids = [.. tokenizer.Encode("word", addSpecialTokens: false).Value!, 2];
        string name = kind is "spm_bpe" or "sentencepiece" ? "</s>" : "<|eot|>";
        await Assert.That(tokenizer.Decode(ids, skipSpecialTokens: false)).IsEqualTo("word" + name);
        await Assert.That(TokenizerFolder.InPieces(tokenizer.NewDetokenizer(skipSpecialTokens: false), ids)).IsEqualTo("word" + name);
        if (kind != "bpe_all_shown")
        {
            await Assert.That(tokenizer.Decode(ids, skipSpecialTokens: true)).IsEqualTo("word");
            await Assert.That(tokenizer.IsSpecial(2)).IsTrue();
        }
    }

    [Test]
    [Arguments("spm_bpe")]
    [Arguments("sentencepiece")]
    public async Task IdsOutsideTheVocabulary_GiveNoText(string kind)
    {
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(TokenizerFolder.Of(kind));
        int[] word = tokenizer.Encode("word", addSpecialTokens: false).Value!;
        int[] ids = [-1, int.MinValue, .. word, tokenizer.VocabularySize, int.MaxValue];
        await Assert.That(tokenizer.Decode(ids, skipSpecialTokens: true)).IsEqualTo("word");
        await Assert.That(TokenizerFolder.InPieces(tokenizer.NewDetokenizer(skipSpecialTokens: true), ids)).IsEqualTo("word");
        await Assert.That(tokenizer.BytesOf(tokenizer.VocabularySize)).IsEmpty();
        await Assert.That(tokenizer.Decode([], skipSpecialTokens: true)).IsEqualTo("");
    }

    [Test]
    public async Task TextBeyondTheLimit_IsTheCallersFault()
    {
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(
            TokenizerFolder.Of("spm_bpe"), EncodingLimits.Default with { MostBytes = 10 });
        await Assert.That(tokenizer.Encode("ten bytes.", addSpecialTokens: false).IsOk).IsTrue();
        Outcome<int[]> refused = tokenizer.Encode("ten bytesé", addSpecialTokens: false);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.TextTooLong);
        await Assert.That(refused.Text).Contains("11 bytes").And.Contains("10 at most");
    }

    [Test]
    public async Task ManyCallers_GetWhatOneGets()
    {
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(TokenizerFolder.Of("spm_bpe"));
        string[] texts = [.. Enumerable.Range(0, 64).Select(static i => string.Concat(Enumerable.Repeat($"text {i} of many ", i)))];
        int[][] alone = [.. texts.Select(text => tokenizer.Encode(text, addSpecialTokens: true).Value!)];
        Outcome<int[]>[] together = await Task.WhenAll(
            texts.Select(text => Task.Run(async () => await tokenizer.EncodeAsync(text, addSpecialTokens: true, CancellationToken.None))));
        for (int i = 0; i < texts.Length; i++)
        {
            await Assert.That(together[i].Value).IsEquivalentTo(alone[i], CollectionOrdering.Matching);
        }
    }

    [Test]
    public async Task WaitingCallers_AreBoundedInNumberAndTime_AndMayLeave()
    {
        _ = TokenizerFolder.Oracle(TokenizerFolder.Of("spm_bpe"));
        Core core = TokenizersExtension.Open().Value!;
        CompiledModel compiled = TokenizerIr.Read(TokenizerFolder.Of("spm_bpe").Detokenizer).Value!.Compile(core).Value!;
        using RequestPool pool = new(compiled, new EncodingLimits(10, MostWaiters: 1, LongestWait: TimeSpan.FromMilliseconds(50)));
        using ManualResetEventSlim release = new();
        using CountdownEvent busy = new(RequestPool.Size);
        Task[] holders = [.. Enumerable.Range(0, RequestPool.Size).Select(_ => Task.Factory.StartNew(
            () => pool.RunAsync(_ => busy.Signal() | Waited(release), CancellationToken.None).AsTask().GetAwaiter().GetResult(),
            TaskCreationOptions.LongRunning))];
        busy.Wait();

        // One may wait; it waits in vain. Beside it there is no place.
        Task<Outcome<int>> waiting = pool.RunAsync(static _ => 1, CancellationToken.None).AsTask();
        Outcome<int> tooMany = await pool.RunAsync(static _ => 1, CancellationToken.None);
        await Assert.That(tooMany.Code).IsEqualTo(StatusCode.QueueFull);
        await Assert.That((await waiting).Code).IsEqualTo(StatusCode.QueueFull);
        using CancellationTokenSource leaving = new();
        Task<Outcome<int>> left = pool.RunAsync(static _ => 1, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.That(async () => await left).Throws<OperationCanceledException>();

        release.Set();
        await Task.WhenAll(holders);
        await Assert.That((await pool.RunAsync(static _ => 1, CancellationToken.None)).Value).IsEqualTo(1);
    }

    [Test]
    public async Task VocabularyThatIsNotWhatTheIrSays_IsFound()
    {
        LanguageFolder folder = TokenizerFolder.Of("spm_bpe");
        _ = TokenizerFolder.Oracle(folder);
        using DetokenizerModel model = DetokenizerModel.Load(
            TokenizersExtension.Open().Value!, folder, [], showAll: true, EncodingLimits.Default).Value!;
        DecodingRecipe recipe = model.Recipe!;
        await Assert.That(DetokenizerProof.Compare(model, recipe).Value).IsEqualTo("");
        await Assert.That(DetokenizerProof.Compare(model, recipe with { Rules = [] }).Value).Contains("ids ");
        await Assert.That(DetokenizerProof.Compare(model, recipe with { Utf8 = Utf8Mode.Ignore }).Value).Contains("ids ");
        await Assert.That(recipe.Rules).Count().IsEqualTo(1);
    }

    [Test]
    public async Task DetokenizerWithAStepThatIsNotKnown_IsAskedForEachPiece()
    {
        LanguageFolder folder = TokenizerFolder.Of("bpe_cleanup");
        using Setup.TemporaryFolder changed = new();
        foreach (string file in Directory.EnumerateFiles(folder.Path))
        {
            File.Copy(file, Path.Combine(changed.Path, Path.GetFileName(file)));
        }

        // The expression in the .bin that removes spaces becomes one that removes vowels.
        LanguageFolder other = new(changed.Path);
        string weights = Path.ChangeExtension(other.Detokenizer, ".bin");
        byte[] bytes = File.ReadAllBytes(weights);
        byte[] expression = System.Text.Encoding.UTF8.GetBytes(CleanUpRule.Pattern);
        int place = bytes.AsSpan().IndexOf(expression);
        System.Text.Encoding.UTF8.GetBytes("([aeiou])".PadRight(expression.Length, '?')[..9]).CopyTo(bytes, place);
        System.Text.Encoding.UTF8.GetBytes(new string('y', expression.Length - 9)).CopyTo(bytes, place + 9);
        File.WriteAllBytes(weights, bytes);

        using LanguageTokenizer tokenizer = TokenizerFolder.Load(other);
        await Assert.That(tokenizer.IsByVocabulary).IsFalse();
        await Assert.That(string.Join(' ', tokenizer.Notes)).Contains("cannot be decoded token by token");
        Func<int[], string> oracle = TokenizerFolder.Oracle(other);
        int[] ids = tokenizer.Encode("The server answers many callers.", addSpecialTokens: true).Value!;
        await Assert.That(TokenizerFolder.InPieces(tokenizer.NewDetokenizer(skipSpecialTokens: true), ids)).IsEqualTo(oracle(ids));
    }

    [Test]
    public async Task TokensWithARole_GetTextAndIdFromEachOther()
    {
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(TokenizerFolder.Of("spm_bpe"));
        await Assert.That(tokenizer.Roles.Bos).IsEqualTo(new SpecialToken("<s>", 1));
        await Assert.That(tokenizer.Roles.Eos).IsEqualTo(new SpecialToken("</s>", 2));
        await Assert.That(tokenizer.Roles.Pad).IsEqualTo(tokenizer.Roles.Eos);
        await Assert.That(string.Join(',', tokenizer.Roles.EndIds)).IsEqualTo("2");
    }

    private static bool Waited(ManualResetEventSlim release)
    {
        release.Wait();
        return true;
    }
}
