using Microsoft.CodeAnalysis.CSharp;

namespace Ovms.Generators.Tests.Infrastructure;

/// <summary>The watchman is watched too: a model that holds syntax has to be found.</summary>
public class CachingTests
{
    [Test]
    public async Task ModelHoldingSyntax_IsFound()
    {
        object model = new { Rows = new[] { new { Node = (object)SyntaxFactory.ParseExpression("1 + 1") } } };
        await Assert.That(() => Caching.HoldsNoCompilation(model, "step", [])).Throws<InvalidOperationException>();
    }

    [Test]
    public void ModelOfValues_Passes() => Caching.HoldsNoCompilation(new { Rows = new[] { "a" }, Count = 1 }, "step", []);
}
