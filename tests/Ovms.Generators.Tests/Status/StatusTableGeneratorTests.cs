using System.Reflection;
using Microsoft.CodeAnalysis;
using Ovms.Generators.Infrastructure;
using Ovms.Generators.Status;
using Ovms.Generators.Tests.Infrastructure;

namespace Ovms.Generators.Tests.Status;

/// <summary>The status table: what is generated, what it answers when run, what it refuses.</summary>
public class StatusTableGeneratorTests
{
    // The real one comes with a package; the generated code needs the names only.
    private const string GrpcStub = """
        namespace Grpc.Core { public enum StatusCode { OK = 0, Cancelled = 1, Unknown = 2, InvalidArgument = 3, NotFound = 5, Unavailable = 14 } }
        """;

    private const string Table = """
        namespace Sample;
        using Ovms.Status;
        /// <summary>Codes.</summary>
        [StatusTable]
        public enum Code
        {
            [Status("OK", Grpc = GrpcCode.OK, Http = 200)] Ok = 0,
            [Status("Model \"m\" is missing", Grpc = GrpcCode.NotFound, Http = 404)] Missing = 7,
            [Status("Odd")] Odd,
        }
        """;

    [Test]
    public async Task Table_MatchesSnapshot() =>
        await Snapshot.Matches("Code.Status", GeneratorRun.Of(new StatusTableGenerator(), GrpcStub, Table).Text("Code.Status.g.cs"));

    [Test]
    public async Task GeneratedMaps_AnswerEveryRow()
    {
        GeneratorRun run = GeneratorRun.Of(new StatusTableGenerator(), GrpcStub, Table);
        await run.Execute(async assembly =>
        {
            await Assert.That(Call(assembly, "Message", 7)).IsEqualTo("Model \"m\" is missing");
            await Assert.That(Call(assembly, "ToGrpc", 7)?.ToString()).IsEqualTo("NotFound");
            await Assert.That(Call(assembly, "ToHttp", 7)).IsEqualTo(404);
            await Assert.That(Call(assembly, "ToHttp", 0)).IsEqualTo(200);
        });
    }

    [Test]
    public async Task RowWithoutCodes_IsUnknownAnd500()
    {
        GeneratorRun run = GeneratorRun.Of(new StatusTableGenerator(), GrpcStub, Table);
        await run.Execute(async assembly =>
        {
            await Assert.That(Call(assembly, "ToGrpc", 8)?.ToString()).IsEqualTo("Unknown");
            await Assert.That(Call(assembly, "ToHttp", 8)).IsEqualTo(500);
        });
    }

    [Test]
    public async Task ValueOutsideTheTable_Throws()
    {
        GeneratorRun run = GeneratorRun.Of(new StatusTableGenerator(), GrpcStub, Table);
        await run.Execute(async assembly =>
        {
            TargetInvocationException thrown = (await Assert.That(() => Call(assembly, "ToHttp", 99)).Throws<TargetInvocationException>())!;
            await Assert.That(thrown.InnerException).IsTypeOf<ArgumentOutOfRangeException>();
        });
    }

    [Test]
    public async Task SecondRun_IsCached() =>
        await Caching.IsKept(GeneratorRun.Of(new StatusTableGenerator(), GrpcStub, Table), StepNames.ParseStatusTable, StepNames.StatusTable);

    [Test]
    public async Task EditElsewhere_RegeneratesNothing()
    {
        GeneratorRun edited = GeneratorRun.Of(new StatusTableGenerator(), GrpcStub, Table).With(0, GrpcStub + "class Other;");
        await Assert.That(edited.Reasons(StepNames.StatusTable)).IsEquivalentTo([IncrementalStepRunReason.Cached]);
    }

    [Test]
    public async Task MovedDeclaration_RegeneratesNothing()
    {
        GeneratorRun edited = GeneratorRun.Of(new StatusTableGenerator(), GrpcStub, Table).With(1, "// moved down\n" + Table);
        await Assert.That(edited.Reasons(StepNames.StatusTable).All(static r => r is IncrementalStepRunReason.Unchanged or IncrementalStepRunReason.Cached)).IsTrue();
    }

    [Test]
    public async Task ChangedRow_Regenerates()
    {
        GeneratorRun edited = GeneratorRun.Of(new StatusTableGenerator(), GrpcStub, Table).With(1, Table.Replace("404", "410"));
        await Assert.That(edited.Reasons(StepNames.StatusTable)).IsEquivalentTo([IncrementalStepRunReason.Modified]);
        await Assert.That(edited.Text("Code.Status.g.cs")).Contains("Code.Missing => 410,");
    }

    [Test]
    public async Task OVMS010_MemberWithoutRow()
    {
        GeneratorRun run = GeneratorRun.Of(new StatusTableGenerator(), GrpcStub, Table.Replace("[Status(\"Odd\")] Odd,", "Odd,"));
        Diagnostic diagnostic = run.Diagnostics.Single();
        await Assert.That(diagnostic.Id).IsEqualTo("OVMS010");
        await Assert.That(diagnostic.Severity).IsEqualTo(DiagnosticSeverity.Error);
        await Assert.That(diagnostic.GetMessage()).IsEqualTo("Member 'Odd' of the status table 'Code' has no [Status] attribute: its message, gRPC code and HTTP status are unknown");
        await Assert.That(diagnostic.Location.GetLineSpan().StartLinePosition.Line).IsEqualTo(8);
        await Assert.That(run.Result.GeneratedSources).IsEmpty();
    }

    [Test]
    [Arguments("[Status(\"Odd\")]", "[Status(\"\")]", "has an empty message: clients need a sentence")]
    [Arguments("Http = 404", "Http = 4040", "gives HTTP status 4040: 200 to 599 are possible")]
    [Arguments("GrpcCode.NotFound", "(GrpcCode)99", "names a gRPC code that does not exist")]
    public async Task OVMS011_RowThatCannotBe(string good, string bad, string message)
    {
        Diagnostic diagnostic = GeneratorRun.Of(new StatusTableGenerator(), GrpcStub, Table.Replace(good, bad)).Diagnostics.Single();
        await Assert.That(diagnostic.Id).IsEqualTo("OVMS011");
        await Assert.That(diagnostic.GetMessage()).EndsWith(message);
    }

    private static object? Call(Assembly assembly, string method, int code)
    {
        Type extensions = assembly.GetType("Sample.CodeExtensions")!;
        return extensions.GetMethod(method)!.Invoke(null, [Enum.ToObject(assembly.GetType("Sample.Code")!, code)]);
    }
}
