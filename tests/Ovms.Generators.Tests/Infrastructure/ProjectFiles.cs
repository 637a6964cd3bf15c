using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Ovms.Generators.Tests.Infrastructure;

/// <summary>One of a project's AdditionalFiles with the class it names; null where it names none.</summary>
internal sealed class ProjectFile(string path, string text, string? model) : AdditionalText
{
    public override string Path => path;

    public string? Model => model;

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
}

/// <summary>A project's AdditionalFiles and properties as the compiler shows them to generators.</summary>
internal sealed class ProjectFiles(params ProjectFile[] files) : AnalyzerConfigOptionsProvider
{
    /// <summary>Properties by name, without the prefix.</summary>
    public Dictionary<string, string> Properties { get; } = new() { ["RootNamespace"] = "Sample", ["OvmsGrpcNamespace"] = "Ovms.Frontends.Grpc.Protos" };

    public ImmutableArray<AdditionalText> Texts => [.. files];

    public override AnalyzerConfigOptions GlobalOptions => new Options(Properties.ToDictionary(static p => "build_property." + p.Key, static p => p.Value));

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Options([]);

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) =>
        new Options(textFile is ProjectFile { Model: string model } ? new() { ["build_metadata.AdditionalFiles.OvmsModel"] = model } : []);

    private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
