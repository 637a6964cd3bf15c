using Ovms.Frontends.Rest.OpenAi;
using Ovms.Generation.Requests;
using Ovms.Language.Sampling;
using Ovms.Language.Text;
using Ovms.Language.Vocabulary;

namespace Ovms.Tests.Frontends.Rest.OpenAi;

/// <summary>Tokens of one answer become its text; those that the caller wants are kept with their places.</summary>
public class ChoiceTextTests
{
    private const int End = 6;

    // The last two are the halves of 日.
    private static readonly string[] s_tokens = ["a", " b", "st", "op", "😀", "c.", "<end>"];

    [Test]
    public async Task Tokens_HaveTheirPlacesInCharacters()
    {
        ChoiceText choice = New(null);
        Take(choice, 0, 4, 1, 7, 8, 5);
        choice.Take(TokenEvent.Of(0, Choice(End), Finish.Stop));
        await Assert.That(choice.Text.ToString()).IsEqualTo("a😀 b日c.");
        await Assert.That(Places(choice)).IsEqualTo("0:0 4:1 1:2 7:4 8:4 5:5 6:7");
        await Assert.That(choice.Finish).IsEqualTo("stop");
        await Assert.That(choice.Count).IsEqualTo(7);
    }

    [Test]
    public async Task TokensAfterAClear_GoOnWhereTheOthersEnded()
    {
        ChoiceText choice = New(null);
        Take(choice, 0, 4);
        choice.Clear();
        Take(choice, 1, 0);
        await Assert.That(choice.Text.ToString()).IsEqualTo(" ba");
        await Assert.That(Places(choice)).IsEqualTo("1:2 0:4");
    }

    [Test]
    public async Task Prompt_IsShownWithItsPlaces()
    {
        ChoiceText choice = New(null);
        choice.Begin("😀x", 4, [0, 1]);
        choice.TakePrompt(1, Choice(0));
        Take(choice, 1);
        await Assert.That(choice.Text.ToString()).IsEqualTo("😀x b");
        await Assert.That(Places(choice)).IsEqualTo("4:0 0:1 1:2");
        await Assert.That(string.Join(' ', choice.Tokens.Select(static token => token.IsOfPrompt))).IsEqualTo("True True False");
        await Assert.That(float.IsNaN(choice.Tokens[0].Choice.LogProbability)).IsTrue();
    }

    [Test]
    public async Task PromptWithoutWantedProbabilities_HasNoTokens()
    {
        ChoiceText choice = New(null);
        choice.Begin("ab", 0, null);
        Take(choice, 1);
        await Assert.That(Places(choice)).IsEqualTo("1:2");
    }

    [Test]
    [Arguments(0, "a", "stop")]
    [Arguments(1, "a", "stop")]
    [Arguments(2, "a", "stop")]
    [Arguments(3, "astopa", "stop")]
    [Arguments(6, "astopastopc.", null)]
    public async Task StopText_EndsTheAnswerAfterItsLeastTokens(int least, string text, string? finish)
    {
        // "a", "st", "op": the stop text ends with the third token.
        ChoiceText choice = New(new StopText(["stop"], include: false), least);
        bool isEnded = Take(choice, 0, 2, 3, 0, 2, 3, 5);
        await Assert.That(choice.Text.ToString()).IsEqualTo(text);
        await Assert.That(choice.Finish).IsEqualTo(finish);
        await Assert.That(isEnded).IsEqualTo(finish is not null);
    }

    [Test]
    public async Task Memory_IsThatOfTextTokensAndAlternatives()
    {
        ChoiceText plain = New(null, keepsTokens: false);
        ChoiceText rich = New(null);
        TokenChoice choice = new(0, -1, new TopLogProbs([.. Enumerable.Range(0, 20).Select(static id => new TopLogProbs.Entry(id, -1))]));
        for (int i = 0; i < 10_000; i++)
        {
            plain.Take(TokenEvent.Of(0, Choice(0), Finish.None));
            rich.Take(TokenEvent.Of(0, choice, Finish.None));
        }

        await Assert.That(plain.Bytes).IsBetween(20_000, 80_000);
        await Assert.That(rich.Bytes).IsBetween(2_000_000, 3_000_000);
    }

    private static ChoiceText New(StopText? stop, int minTokens = 0, bool keepsTokens = true) =>
        new(0, new Parts(), stop, keepsTokens, minTokens);

    private static TokenChoice Choice(int id) => new(id, -1, default);

    private static bool Take(ChoiceText choice, params int[] ids)
    {
        foreach (int id in ids)
        {
            if (choice.Take(TokenEvent.Of(0, Choice(id), Finish.None)))
            {
                return true;
            }
        }

        return false;
    }

    private static string Places(ChoiceText choice) =>
        string.Join(' ', choice.Tokens.Select(static token => $"{token.Choice.Id}:{token.Offset}"));

    private sealed class Parts : Detokenizer
    {
        private int _given;

        public override ReadOnlySpan<char> Append(int id)
        {
            Start = _given;
            string text = id < s_tokens.Length ? s_tokens[id] : id == 8 ? "日" : "";
            _given += text.Length;
            return text;
        }

        public override ReadOnlySpan<char> Flush() => "";
    }
}
