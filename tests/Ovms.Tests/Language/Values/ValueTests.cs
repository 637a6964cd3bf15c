using System.Text.Json;
using Ovms.Language.Values;
using Ovms.Status;

namespace Ovms.Tests.Language.Values;

internal sealed class ValueTests
{
    [Test]
    [Arguments("""{"b":1,"a":[true,false,null],"b":2}""", "{'b': 2, 'a': [True, False, None]}")]
    [Arguments("[1,-0,1.0,1e2,1E-7,-0.0,123456789012345678901234567890,0.1,1e400]",
        "[1, 0, 1.0, 100.0, 1e-07, -0.0, 123456789012345678901234567890, 0.1, inf]")]
    [Arguments("\"a\\ud83e\\udd93\\u2028'\"", "a🦓\u2028'")]
    public async Task Json_BecomesWhatPythonReads(string json, string expected)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        using RenderBudget budget = new(1000, 1000, 10);
        await Assert.That(PythonText.Str(JsonValues.Read(document.RootElement).Value, budget)).IsEqualTo(expected);
    }

    [Test]
    public async Task JsonThatPythonDoesNotTake_IsRejected()
    {
        string deep = new string('[', 150) + new string(']', 150), digits = new('9', 5000);
        foreach (string json in new[] { "\"\\ud83e\"", "{\"\\udd93\":1}", digits, deep })
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 200 });
            await Assert.That(JsonValues.Read(document.RootElement).Code).IsEqualTo(StatusCode.InvalidTextRequest);
        }
    }

    [Test]
    public async Task Search_FindsWhatTheRuntimeFinds()
    {
        Random random = new(7);
        for (int round = 0; round < 3000; round++)
        {
            string text = Letters(random, random.Next(300)), part = Letters(random, random.Next(1, 60));
            if (random.Next(2) == 0 && text.Length > 50)
                part = text[random.Next(10)..random.Next(11, 50)];

            await Assert.That(TextSearch.Find(text, part)).IsEqualTo(text.IndexOf(part, StringComparison.Ordinal));
            await Assert.That(TextSearch.Last(text, part, text.Length)).IsEqualTo(text.LastIndexOf(part, StringComparison.Ordinal));
            await Assert.That(TextSearch.Count(text, part)).IsEqualTo(text.Split(part).Length - 1);
        }
    }

    [Test]
    public async Task Sort_IsStableAndEqualToTheRuntimes()
    {
        Random random = new(11);
        using RenderBudget budget = new(100_000_000, 1000, 10);
        for (int size = 0; size < 200; size++)
        {
            JinjaValue[] keys = [.. Enumerable.Range(0, size).Select(_ => (JinjaValue)random.Next(20))];
            int[] up = [.. Enumerable.Range(0, size).OrderBy(i => keys[i].Long)];
            int[] down = [.. Enumerable.Range(0, size).OrderByDescending(i => keys[i].Long)];
            await Assert.That(PythonSort.Order(keys, false, budget).SequenceEqual(up)).IsTrue();
            await Assert.That(PythonSort.Order(keys, true, budget).SequenceEqual(down)).IsTrue();
        }
    }

    [Test]
    public async Task LargeDict_FindsEqualKeysOfOtherTypes()
    {
        JinjaDict dict = new();
        for (int i = 0; i < 1000; i++)
            dict.Set(i, i * 2);

        await Assert.That(dict.TryGet(500.0, out JinjaValue value) && value.Long == 1000).IsTrue();
        await Assert.That(dict.TryGet(true, out value) && value.Long == 2).IsTrue();
        await Assert.That(dict.TryGet("500", out _)).IsFalse();
        dict.Set(500.0, "new");
        await Assert.That(dict.Count).IsEqualTo(1000);
    }

    private static string Letters(Random random, int length) =>
        string.Create(length, random, static (span, random) =>
        {
            foreach (ref char one in span)
                one = (char)('a' + random.Next(2));
        });
}
