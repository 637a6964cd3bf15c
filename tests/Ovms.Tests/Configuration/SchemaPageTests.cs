using System.Text.Json;
using Ovms.Configuration;

namespace Ovms.Tests.Configuration;

/// <summary>The schema that editors use says what the reader takes.</summary>
public class SchemaPageTests
{
    [Test]
    public async Task Schema_IsDocumented() => await SourceTree.Holds("docs/config.schema.json", SchemaPage.Write());

    [Test]
    public async Task Sections_AreThoseTheReaderKnows()
    {
        using JsonDocument schema = JsonDocument.Parse(SchemaPage.Write());
        await Assert.That(schema.RootElement.GetProperty("properties").EnumerateObject().Select(static p => p.Name)).IsEquivalentTo(ConfigSections.All);
    }
}
