using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Tests.Infrastructure;

/// <summary>The shape of written code: indentation, blank lines, line ends, literals.</summary>
public class CodeWriterTests
{
    [Test]
    public async Task Blocks_IndentAndClose()
    {
        CodeWriter writer = new();
        using (writer.Block("class A"))
        {
            using (writer.Block("int[] B =", ";"))
            {
                writer.Line("1,");
            }

            writer.Line();
            using (writer.Indent())
            {
                writer.Lines("x\r\ny");
            }
        }

        await Assert.That(writer.ToString()).IsEqualTo("class A\n{\n    int[] B =\n    {\n        1,\n    };\n\n        x\n        y\n}\n");
    }

    [Test]
    [Arguments("a\"b\\c\nd", "\"a\\\"b\\\\c\\nd\"")]
    [Arguments(null, "null")]
    public async Task Literal_IsEscaped(string? value, string literal) =>
        await Assert.That(CodeWriter.Literal(value)).IsEqualTo(literal);
}
