using Ovms.Configuration.Graphs;
using Ovms.Status;

namespace Ovms.Tests.Configuration.Graphs;

/// <summary>Every form of the text protobuf that graphs of the original use, and the place of each fault.</summary>
public class ProtoReaderTests
{
    [Test]
    [Arguments("a: 1", "a=1")]
    [Arguments("a: 1, b: -2; c: 1e-3 d: .5", "a=1 b=-2 c=1e-3 d=.5")]
    [Arguments("# comment\na: x # another\nb: y", "a=x b=y")]
    [Arguments("a: 'x' \"y\"\n 'z'", "a='xyz'")]
    [Arguments("a: \"\\n\\x41\\101\\u00e9\\\"\"", "a='\nAAé\"'")]
    [Arguments("a: '{\"NUM_STREAMS\": \"1\"}'", "a='{\"NUM_STREAMS\": \"1\"}'")]
    [Arguments("a { b: 1 }", "a{b=1}")]
    [Arguments("a: < b: 1 c { } >", "a{b=1 c{}}")]
    [Arguments("a: [1, 2,3]", "a=1 a=2 a=3")]
    [Arguments("a [ { b: 1 }, { b: 2 } ]", "a{b=1} a{b=2}")]
    [Arguments("n { [type.googleapis.com/mediapipe.X]: { b: 1 } }", "n{mediapipe.X{b=1}}")]
    [Arguments("n: { [type.googleapis.com / mediapipe.X] { b: 1 } }", "n{mediapipe.X{b=1}}")]
    [Arguments("options { [mediapipe.X.ext] { } }", "options{mediapipe.X.ext{}}")]
    [Arguments("\uFEFFa: 1\r\nb: 2\r\n", "a=1 b=2")]
    [Arguments("", "")]
    public async Task Text_IsRead(string text, string expected)
    {
        Outcome<ProtoMessage> read = ProtoReader.Read(text, "g");
        await Assert.That(read.Text).IsEqualTo(Outcome.Ok.Text);
        await Assert.That(Show(read.Value!)).IsEqualTo(expected);
    }

    [Test]
    [Arguments("a", "line 1, column 2")]
    [Arguments("a:\n  }", "line 2, column 3")]
    [Arguments("a {\n b: 1", "line 2, column 6")]
    [Arguments("a: 'x\n'", "line 1, column 4")]
    [Arguments("a: '\\q'", "line 1, column 4")]
    [Arguments("a: [1 2]", "line 1, column 7")]
    [Arguments("a: 1 }", "line 1, column 6")]
    [Arguments("[x", "line 1, column 3")]
    public async Task Fault_IsShownWithItsPlace(string text, string place)
    {
        Outcome<ProtoMessage> read = ProtoReader.Read(text, "g.pbtxt");
        await Assert.That(read.Code).IsEqualTo(StatusCode.GraphInvalid);
        await Assert.That(read.Detail!).StartsWith($"g.pbtxt, {place}: ");
    }

    [Test]
    public async Task DeepNesting_IsRefused()
    {
        string text = string.Concat(Enumerable.Repeat("a {", 10_000));
        await Assert.That(ProtoReader.Read(text, "g").Code).IsEqualTo(StatusCode.GraphInvalid);
    }

    private static string Show(ProtoMessage message) => string.Join(' ', message.Fields.Select(static field =>
        field.Message is { } inner ? $"{field.Name}{{{Show(inner)}}}"
        : field.IsText ? $"{field.Name}='{field.Scalar}'"
        : $"{field.Name}={field.Scalar}"));
}
