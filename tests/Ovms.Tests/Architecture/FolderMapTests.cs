namespace Ovms.Tests.Architecture;

/// <summary>Which code counts as using a folder.</summary>
public sealed class FolderMapTests
{
    private static readonly SourceFile[] s_there =
    [
        SourceFile.Parse("src/Ovms.Aot/Wire/Reader.cs", "namespace Ovms.Wire;\ninternal sealed class Reader;\n"),
        SourceFile.Parse(
            "src/Ovms.Aot/Serving/Id.cs",
            "namespace Ovms.Serving;\ninternal readonly record struct Id(int Number);\ninternal delegate void Told(int id);\n"),
        SourceFile.Parse(
            "src/Ovms.Aot/Serving/Table/Lease.cs",
            "namespace Ovms.Serving.Table;\ninternal sealed class Lease\n{\n    private sealed class Hidden;\n}\n"),
        SourceFile.Parse(
            "src/Ovms.Aot/Serving/Shapes/Shape.cs",
            "namespace Ovms.Serving.Shapes;\ninternal sealed class Shape;\ninternal sealed class Told;\n"),
        SourceFile.Parse("src/Ovms.Native/Core.cs", "namespace Ovms.Native;\npublic sealed class Core;\n"),
    ];

    [Test]
    [Arguments("using Ovms.Wire;", "Wire")]
    [Arguments("using static Ovms.Wire.Reader;", "Wire")]
    [Arguments("using Code = Ovms.Serving.Table.Lease;", "Serving/Table")]
    [Arguments("using Ovms.Frontends.Grpc.Protos.TensorFlow;", FolderMap.Protos)]
    [Arguments("namespace Ovms.Serving.Shapes;\nclass A { global::Ovms.Native.Core core; }", "Native")]
    [Arguments("class A { Table.Lease lease; Serving.Table.Lease other; }", "Serving/Table")]
    [Arguments("class A { Wire.Reader reader; }", "Wire")]
    [Arguments("class A { Id id; }", "Serving")]
    [Arguments("class A { object o = id.Id; Told told; }", "")]
    [Arguments("class A { object o = x.Wire.Reader; string s = \"Ovms.Native.Core\"; } // Ovms.Wire.Reader", "")]
    [Arguments("class A { object o = Table.Hidden; Wire Reader; }", "")]
    [Arguments("class A { string s = \"\"\"\nan \"Ovms.Native.Core\"\n\"\"\"; }", "")]
    public async Task NamesIn_FindsWhatCodeNames(string code, string expected)
    {
        SourceFile file = SourceFile.Parse("src/Ovms.Aot/Serving/Shapes/Sample.cs", code);
        await Assert.That(string.Join(' ', new FolderMap(s_there).NamedIn(file))).IsEqualTo(expected);
    }
}
