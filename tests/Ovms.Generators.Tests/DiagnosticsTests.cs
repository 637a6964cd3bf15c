using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Ovms.Generators.Tests;

/// <summary>The table of diagnostics as a whole.</summary>
public class DiagnosticsTests
{
    [Test]
    public async Task EveryId_IsUniqueAndReleaseTracked()
    {
        string[] ids = typeof(Ovms.Generators.Infrastructure.Diagnostics).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(static field => ((DiagnosticDescriptor)field.GetValue(null)!).Id).ToArray();
        string tracked = await File.ReadAllTextAsync(TestFiles.Beside("../../src/Ovms.Generators/AnalyzerReleases.Unshipped.md"))
            + await File.ReadAllTextAsync(TestFiles.Beside("../../src/Ovms.Generators/AnalyzerReleases.Shipped.md"));

        await Assert.That(ids).HasDistinctItems();
        await Assert.That(ids.Where(id => !tracked.Contains(id + " |"))).IsEmpty();
    }
}
