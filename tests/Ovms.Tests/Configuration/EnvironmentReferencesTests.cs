using System.Text;
using System.Text.Json;
using Ovms.Configuration;
using Ovms.Options.Parsing;

namespace Ovms.Tests.Configuration;

/// <summary>References to the environment in a JSON text.</summary>
public class EnvironmentReferencesTests
{
    private static readonly Dictionary<string, string> s_variables = new() { ["HOME_DIR"] = "/home/x", ["EMPTY"] = "", ["QUOTES"] = "a\"b\\c\n", ["NESTED"] = "${HOME_DIR}" };

    [Test]
    [Arguments("${HOME_DIR}", "/home/x")]
    [Arguments("${HOME_DIR}/a/${HOME_DIR}b", "/home/x/a//home/xb")]
    [Arguments("${NONE:-/models}", "/models")]
    [Arguments("${NONE:-}", "")]
    [Arguments("${HOME_DIR:-/models}", "/home/x")]
    [Arguments("${EMPTY:-full}", "full")]
    [Arguments("${EMPTY}", "")]
    [Arguments("$${HOME_DIR}", "${HOME_DIR}")]
    [Arguments("$${", "${")]
    [Arguments("$HOME_DIR $ {} }", "$HOME_DIR $ {} }")]
    [Arguments("${QUOTES}", "a\"b\\c\n")]
    [Arguments("${NESTED}", "${HOME_DIR}")]
    public async Task Text_BecomesItsValue(string text, string expected)
    {
        (string json, OptionFindings findings) = Expand("\"" + JsonEncodedText.Encode(text) + "\"");
        await Assert.That(findings.ErrorText()).IsEqualTo("");
        using JsonDocument document = JsonDocument.Parse(json);
        await Assert.That(document.RootElement.GetString()).IsEqualTo(expected);
    }

    [Test]
    public async Task OtherValuesAndKeys_StayAsTheyAre()
    {
        const string Text = """{"${HOME_DIR}":[1.50,-2e3,true,null,{"a":"ä\u00e4"}],"b":{},"c":[]}""";
        (string json, OptionFindings findings) = Expand(Text);
        await Assert.That(findings.Errors).IsEmpty();
        await Assert.That(json).IsEqualTo(Text.Replace("\\u00e4", "ä"));
    }

    [Test]
    [Arguments("""{"a":[1,{"b":"${NONE}"}]}""", "$.a[1].b: the environment variable NONE is not set", "set it, or write ${NONE:-value}")]
    [Arguments("""["x","${HOME_DIR"]""", "$[1]: a reference to the environment is not closed with }", null)]
    [Arguments("""{"a":"${}"}""", "$.a: '' is not the name of an environment variable", null)]
    [Arguments("""{"a":"${1A}"}""", "$.a: '1A' is not the name of an environment variable", null)]
    [Arguments("""{"a":"${A B:-x}"}""", "$.a: 'A B' is not the name of an environment variable", null)]
    [Arguments("""{"a":"\ud800"}""", "$.a: the string is not valid text", null)]
    [Arguments("""{"a":{"\ud800":1}}""", "$.a: a key is not valid text", null)]
    public async Task BadReference_IsToldWithItsPath(string json, string problem, string? hint)
    {
        OptionError error = Expand(json).Findings.Errors.Single();
        await Assert.That(error.Text).IsEqualTo(problem);
        await Assert.That(hint is null || error.Hint == hint).IsTrue().Because(error.Hint ?? "");
    }

    [Test]
    public async Task AllBadReferences_AreTold() =>
        await Assert.That(Expand("""["${A}-${B}","${C}"]""").Findings.Errors.Count).IsEqualTo(3);

    [Test]
    public async Task ValuesOfAllReferencesTogether_AreBounded()
    {
        // Gigabytes if all were put in.
        OptionFindings findings = new();
        string value = new('v', 100_000);
        byte[] json = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("\"${V}${V}\"", 50_000))}]");
        long before = GC.GetAllocatedBytesForCurrentThread();
        ReadOnlyMemory<byte> text = new EnvironmentReferences(_ => value, findings).Expand(json, 32);
        await Assert.That(text.Length).IsLessThan(EnvironmentReferences.MaxCharacters + json.Length);
        await Assert.That(GC.GetAllocatedBytesForCurrentThread() - before).IsLessThan(16L * EnvironmentReferences.MaxCharacters);
        await Assert.That(findings.Errors.Single().Text).Contains($"more than {EnvironmentReferences.MaxCharacters} characters");
    }

    private static (string Json, OptionFindings Findings) Expand(string json)
    {
        OptionFindings findings = new();
        ReadOnlyMemory<byte> text = new EnvironmentReferences(name => s_variables.GetValueOrDefault(name), findings).Expand(Encoding.UTF8.GetBytes(json), 32);
        return (Encoding.UTF8.GetString(text.Span), findings);
    }
}
