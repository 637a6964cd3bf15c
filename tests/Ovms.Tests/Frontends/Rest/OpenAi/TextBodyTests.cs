using Ovms.Frontends.Rest.OpenAi;

namespace Ovms.Tests.Frontends.Rest.OpenAi;

/// <summary>What a parsed body takes beside its text counts too: short values take six times their text.</summary>
public class TextBodyTests
{
    [Test]
    [Arguments("[1,1,1,1]", 5)]
    [Arguments("{\"a\":[],\"b\":{\"c\":1}}", 8)]
    public async Task EachValue_TakesARow(string json, int least)
    {
        long bytes = TextBody.RowBytes(System.Text.Encoding.UTF8.GetBytes(json));
        await Assert.That(bytes).IsGreaterThanOrEqualTo(12 * least);
        await Assert.That(bytes).IsLessThanOrEqualTo(12 * 2 * least);
    }
}
