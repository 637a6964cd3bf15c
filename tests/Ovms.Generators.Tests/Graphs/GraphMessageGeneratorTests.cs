using Microsoft.CodeAnalysis;
using Ovms.Generators.Graphs;
using Ovms.Generators.Infrastructure;
using Ovms.Generators.Tests.Infrastructure;

namespace Ovms.Generators.Tests.Graphs;

/// <summary>The readers of a graph's messages: what is generated, what is refused. Their behaviour is tested with the server's own messages.</summary>
public class GraphMessageGeneratorTests
{
    private const string Message = """
        namespace Sample;
        using Ovms.Configuration.Graphs;
        /// <summary>A message.</summary>
        [GraphMessage("pkg.Sample")]
        public sealed partial record Sample
        {
            [GraphField(1, Required = true)] public string ServableName { get; init; } = "";
            [GraphField(2)] public System.Collections.Immutable.ImmutableArray<int> Sizes { get; init; } = [];
        }
        """;

    [Test]
    public async Task Fields_AreReadByTheirNamesInSnakeCase()
    {
        string text = GeneratorRun.Of(new GraphMessageGenerator(), Message).Text("Sample.Graph.g.cs");
        await Assert.That(text).Contains("case \"servable_name\":");
        await Assert.That(text).Contains("faults.Missing(place, MessageName, \"servable_name\");");
        await Assert.That(text).Contains("public const string MessageName = \"pkg.Sample\";");
    }

    [Test]
    public async Task SecondRun_IsCached() =>
        await Caching.IsKept(GeneratorRun.Of(new GraphMessageGenerator(), Message), StepNames.ParseGraphMessage, StepNames.GraphMessage);

    [Test]
    [Arguments("GraphField(2)", "GraphField(1)", "has the number 1, which another field has")]
    [Arguments("GraphField(2)", "GraphField(0)", "has the number 0; numbers begin with 1")]
    [Arguments("ImmutableArray<int>", "ImmutableArray<object>", "which no field can have")]
    public async Task OVMS030_FieldThatCannotBe(string good, string bad, string message)
    {
        GeneratorRun run = GeneratorRun.Of(new GraphMessageGenerator(), Message.Replace(good, bad));
        Diagnostic diagnostic = run.Diagnostics.Single();
        await Assert.That(diagnostic.Id).IsEqualTo("OVMS030");
        await Assert.That(diagnostic.GetMessage()).Contains(message);
        await Assert.That(run.Result.GeneratedSources).IsEmpty();
    }
}
