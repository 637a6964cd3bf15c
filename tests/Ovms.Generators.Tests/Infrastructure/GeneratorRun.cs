using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ovms.Generators.Tests.Infrastructure;

/// <summary>
/// Runs a generator over sources and keeps the driver, so that a second run can show what was cached. Every run starts
/// from the attributes of Shared/ and the options' parsing code, as the product does.
/// </summary>
internal sealed class GeneratorRun
{
    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.CSharp14, DocumentationMode.Parse);

    private static readonly MetadataReference[] s_references = References("System.");

    // This assembly brings the classes of the KServe .proto, the others what those and generated calls need.
    private static readonly MetadataReference[] s_kserve = References("netstandard", "Google.Protobuf", "Grpc.Core.Api", "Ovms.Generators.Tests");

    private static readonly SyntaxTree[] s_common =
    [
        Tree("global using System; global using System.Collections.Generic; global using System.Linq;", "Usings.cs"),
        .. typeof(GeneratorRun).Assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith("Shared/", StringComparison.Ordinal) || name.StartsWith("Parsing/", StringComparison.Ordinal))
            .Select(static name => Tree(Resource(name), name)),
    ];

    private GeneratorRun(GeneratorDriver driver, CSharpCompilation before, Compilation after)
    {
        Driver = driver;
        Before = before;
        After = after;
    }

    public GeneratorDriver Driver { get; }

    /// <summary>The sources alone.</summary>
    public CSharpCompilation Before { get; }

    /// <summary>The sources with what was generated.</summary>
    public Compilation After { get; }

    public GeneratorRunResult Result => Driver.GetRunResult().Results[0];

    public ImmutableArray<Diagnostic> Diagnostics => Result.Diagnostics;

    public static GeneratorRun Of(IIncrementalGenerator generator, params string[] sources) => Of(generator, new ProjectFiles(), sources);

    /// <summary>With files beside the sources, as MSBuild hands them over.</summary>
    public static GeneratorRun Of(IIncrementalGenerator generator, ProjectFiles files, params string[] sources)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Generated",
            [.. s_common, .. sources.Select(static (source, i) => Tree(source, $"Source{i}.cs"))],
            files.Texts.IsEmpty ? s_references : [.. s_references, .. s_kserve],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [generator.AsSourceGenerator()],
            files.Texts,
            s_parse,
            files,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        return Run(driver, compilation);
    }

    /// <summary>Runs again on the same sources in a new compilation.</summary>
    public GeneratorRun Again() => Run(Driver, Before.Clone());

    /// <summary>Runs again on the same sources with one file replaced.</summary>
    public GeneratorRun With(ProjectFile old, ProjectFile changed) => Run(Driver.ReplaceAdditionalText(old, changed), Before.Clone());

    /// <summary>Runs again with one source replaced.</summary>
    public GeneratorRun With(int index, string source)
    {
        string path = $"Source{index}.cs";
        return Run(Driver, Before.ReplaceSyntaxTree(Before.SyntaxTrees.Single(tree => tree.FilePath == path), Tree(source, path)));
    }

    /// <summary>The text of one generated file.</summary>
    public string Text(string hintName) => Result.GeneratedSources.Single(source => source.HintName == hintName).SourceText.ToString();

    /// <summary>Why each output of a step is there.</summary>
    public IEnumerable<IncrementalStepRunReason> Reasons(string step) =>
        Result.TrackedSteps[step].SelectMany(static run => run.Outputs).Select(static output => output.Reason);

    /// <summary>Compiles everything and hands the assembly to <paramref name="use"/>; any warning or error of the compiler fails.</summary>
    public async Task Execute(Func<Assembly, Task> use)
    {
        using MemoryStream image = new();
        Microsoft.CodeAnalysis.Emit.EmitResult emit = After.Emit(image);
        string[] faults = emit.Diagnostics.Where(static d => d.Severity >= DiagnosticSeverity.Warning).Select(static d => d.ToString()).ToArray();
        await Assert.That(faults).IsEmpty();

        image.Position = 0;
        AssemblyLoadContext context = new("generated", isCollectible: true);
        try
        {
            await use(context.LoadFromStream(image));
        }
        finally
        {
            context.Unload();
        }
    }

    private static GeneratorRun Run(GeneratorDriver driver, CSharpCompilation compilation)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation after, out _);
        GeneratorRunResult result = driver.GetRunResult().Results[0];
        return result.Exception is null ? new GeneratorRun(driver, compilation, after) : throw result.Exception;
    }

    private static MetadataReference[] References(params string[] names) =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => names.Any(name => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal)))
            .Select(static path => (MetadataReference)MetadataReference.CreateFromFile(path))
            .ToArray();

    private static SyntaxTree Tree(string source, string path) => CSharpSyntaxTree.ParseText(source, s_parse, path);

    private static string Resource(string name)
    {
        using StreamReader reader = new(typeof(GeneratorRun).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
