using System.Buffers;
using Ovms.Language.Text;

namespace Ovms.Tests.Language.Text;

/// <summary>Stop strings: the earliest is found however the text is cut, nothing of it leaks, and nothing else is held back.</summary>
public class StopTextTests
{
    [Test]
    [Arguments("hello world", "wor", "hello ", "wor")]
    [Arguments("hello world", "xyz", "hello world", null)]
    [Arguments("one  \n\nEND two", "END", "one  \n\n", "END")]
    [Arguments("aaab", "aab", "a", "aab")]
    [Arguments("ababac", "abac", "ab", "abac")]
    [Arguments("stop", "stop", "", "stop")]
    [Arguments("abcd", "bc|abcd", "a", "bc")]
    [Arguments("abcd", "d|cd|bcd", "a", "bcd")]
    [Arguments("abab", "abc|ba", "a", "ba")]
    [Arguments("\n\nHuman: x", "\n\nHuman:|\nHuman:", "", "\n\nHuman:")]
    [Arguments("say 😀😁 now", "😁", "say 😀", "😁")]
    [Arguments("text", "||t", "", "t")]
    [Arguments("text", "", "text", null)]
    public async Task EarliestMatch_EndsTheText(string text, string stops, string expected, string? found)
    {
        foreach (bool include in new[] { false, true })
        {
            for (int first = 0; first <= text.Length; first++)
            {
                for (int second = first; second <= text.Length; second++)
                {
                    var (output, stop) = Run(stops.Split('|'), include, [text[..first], text[first..second], text[second..]]);
                    await Assert.That(output).IsEqualTo(include ? expected + found : expected);
                    await Assert.That(stop).IsEqualTo(found);
                }
            }
        }
    }

    [Test]
    public async Task EveryCut_GivesTheResultOfTheWholeText()
    {
        Random random = new(17);
        for (int round = 0; round < 20_000; round++)
        {
            // Of few letters, so that matches, overlaps and false beginnings are many.
            string text = Letters(random, random.Next(0, 40));
            string[] stops = [.. Enumerable.Range(0, random.Next(1, 17)).Select(_ => Letters(random, random.Next(2, 9)))];
            bool include = random.Next(2) == 0;
            var (expected, stop) = Plain(stops, include, text);
            List<string> pieces = [];
            for (int i = 0; i < text.Length;)
            {
                int next = Math.Min(text.Length, i + random.Next(0, 6));
                pieces.Add(text[i..next]);
                i = next;
            }

            var (output, found) = Run(stops, include, pieces);
            await Assert.That(output).IsEqualTo(expected).Because($"text {text}, stops {string.Join(',', stops)}");
            await Assert.That(found).IsEqualTo(stop);
        }
    }

    [Test]
    public async Task Held_IsTheLongestEndThatBeginsAStop()
    {
        Random random = new(18);
        for (int round = 0; round < 2_000; round++)
        {
            string[] stops = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Letters(random, random.Next(2, 9)))];
            string text = Letters(random, 30);
            var search = new StopText(stops, include: false);
            var output = new ArrayBufferWriter<char>();
            for (int i = 0; i < text.Length; i++)
            {
                if (search.Append(text.AsSpan(i, 1), output))
                    break;
                string sofar = text[..(i + 1)];
                int held = Enumerable.Range(0, sofar.Length + 1)
                    .Where(count => stops.Any(stop => stop.Length > count && stop.StartsWith(sofar[^count..], StringComparison.Ordinal)))
                    .Max();
                await Assert.That(search.Held).IsEqualTo(held);
                await Assert.That(output.WrittenSpan.ToString()).IsEqualTo(sofar[..^held]);
            }
        }
    }

    [Test]
    public async Task AfterTheStop_PiecesAreIgnored()
    {
        var search = new StopText(["END"], include: false);
        var output = new ArrayBufferWriter<char>();
        await Assert.That(search.Append("a END b", output)).IsTrue();
        await Assert.That(search.Append("more END", output)).IsTrue();
        search.Flush(output);
        await Assert.That(output.WrittenSpan.ToString()).IsEqualTo("a ");
    }

    [Test]
    public async Task LongRepetition_CostsLittle()
    {
        // A search that began anew at each character would take 16 · 4,000 · 1,000,000 steps.
        string[] stops = [.. Enumerable.Range(0, 16).Select(static i => new string('a', 4000 + i) + "b")];
        var search = new StopText(stops, include: false);
        var output = new ArrayBufferWriter<char>();
        await Assert.That(search.Append(new string('a', 1_000_000), output)).IsFalse();
        await Assert.That(search.Append("b", output)).IsTrue();
        await Assert.That(search.Found).IsEqualTo(stops[15]);
        await Assert.That(output.WrittenCount).IsEqualTo(1_000_000 - 4015);
    }

    [Test]
    public async Task Piece_AllocatesNothing()
    {
        var search = new StopText(["\n\nHuman:", "</s>"], include: false);
        var output = new ArrayBufferWriter<char>(4096);
        await Assert.That(Allocation.Of(() =>
        {
            output.ResetWrittenCount();
            search.Append(" the\n\nHu", output);
            search.Append("ge <", output);
        })).IsEqualTo(0);
    }

    [Test]
    public async Task Check_BoundsNumberAndLength()
    {
        await Assert.That(StopText.Check([])).IsNull();
        await Assert.That(StopText.Check([.. Enumerable.Repeat("x", 16)])).IsNull();
        await Assert.That(StopText.Check([new string('x', 4096)])).IsNull();
        await Assert.That(StopText.Check([.. Enumerable.Repeat("x", 17)])).IsEqualTo("stop array must have no more than 16 strings");
        await Assert.That(StopText.Check(["a", ""])).Contains("an empty string");
        await Assert.That(StopText.Check(["a", new string('x', 4097)])).Contains("4097 characters; expected at most 4096");
    }

    [Test]
    [Arguments("xxstopxx|stop.", "stop", "xxstopxx", "stop")]
    [Arguments("xst|op", "stop", "x", "stop")]
    [Arguments("stop|x", "stop", "stopx", null)]
    [Arguments("aaa|a", "aa", "aa", "aa")]
    [Arguments("abab|ab", "abab", "ab", "abab")]
    public async Task StopThatEndsTooEarly_IsText(string text, string stop, string expected, string? found)
    {
        // Before the bar no stop may end.
        string[] parts = text.Split('|');
        StopText search = new([stop, "never"], include: false);
        ArrayBufferWriter<char> output = new();
        foreach (char letter in parts[0])
        {
            await Assert.That(search.Append([letter], output, mayEnd: false)).IsFalse();
        }

        search.Append(parts[1], output);
        search.Flush(output);
        await Assert.That(output.WrittenSpan.ToString()).IsEqualTo(expected);
        await Assert.That(search.Found).IsEqualTo(found);
    }

    private static (string Output, string? Found) Run(IReadOnlyList<string> stops, bool include, IEnumerable<string> pieces)
    {
        var search = new StopText(stops, include);
        var output = new ArrayBufferWriter<char>();
        foreach (string piece in pieces)
        {
            if (search.Append(piece, output))
                break;
        }

        search.Flush(output);
        return (output.WrittenSpan.ToString(), search.Found);
    }

    // The stop string that ends first, and of those the longest.
    private static (string Output, string? Found) Plain(string[] stops, bool include, string text)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            string? found = stops.Where(stop => text[..end].EndsWith(stop, StringComparison.Ordinal)).MaxBy(static stop => stop.Length);
            if (found is not null)
                return (text[..(include ? end : end - found.Length)], found);
        }

        return (text, null);
    }

    private static string Letters(Random random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => "abc"[random.Next(3)]));
}
