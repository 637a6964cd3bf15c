using Ovms.Service;

namespace Ovms.Tests.Service;

public sealed class CommandTextTests
{
    // What CommandLineToArgvW splits into the arguments again, by the rules of Microsoft's C library.
    [Test]
    [Arguments(@"C:\ovms\ovms.exe", @"C:\ovms\ovms.exe")]
    [Arguments(@"C:\Program Files\ovms.exe", @"""C:\Program Files\ovms.exe""")]
    [Arguments(@"C:\with space\", @"""C:\with space\\""")]
    [Arguments(@"C:\plain\", @"C:\plain\")]
    [Arguments("", "\"\"")]
    [Arguments(@"{""CPU"": 1}", @"""{\""CPU\"": 1}""")]
    [Arguments(@"a\""b c", @"""a\\\""b c""")]
    [Arguments("tab\there", "\"tab\there\"")]
    public async Task Argument_IsQuotedWhereNeeded(string argument, string expected) =>
        await Assert.That(CommandText.Of([argument])).IsEqualTo(expected);

    [Test]
    public async Task Arguments_AreSeparatedBySpaces() =>
        await Assert.That(CommandText.Of(["a", "b c", ""])).IsEqualTo("a \"b c\" \"\"");
}
