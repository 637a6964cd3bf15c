using System.Text.Json;

namespace Ovms.Generators.Tests.Options;

/// <summary>The generated JSON binder, run.</summary>
public class GeneratedBinderTests
{
    [Test]
    [Arguments("{}", "80|False|low|||red||1099511627776|||0")]
    [Arguments("""{"port": 8080, "verbose": true, "severity": "high"}""", "8080|True|high|||red||1099511627776|||0")]
    [Arguments("""{"count": -5, "color": "blue", "tri": false}""", "80|False|low||-5|blue||1099511627776||False|0")]
    [Arguments("""{"raw": "text"}""", "80|False|low|||red|text|1099511627776|||0")]
    [Arguments("""{"raw": 1.5}""", "80|False|low|||red|1.5|1099511627776|||0")]
    [Arguments("""{"raw": {"a": [1, {}]}, "port": 1}""", "1|False|low|||red|{\"a\": [1, {}]}|1099511627776|||0")]
    public async Task GoodObject_SetsValues(string json, string values)
    {
        string[] told = SampleTable.Read(json);
        await Assert.That(told[1]).IsEqualTo("");
        await Assert.That(told[0]).IsEqualTo(values);
        await Assert.That(told[3]).IsEqualTo("end");
    }

    [Test]
    [Arguments("""{"prot": 1}""", "$.config.prot: unknown key\n  did you mean 'port'?")]
    [Arguments("""{"level": "low"}""", "$.config.level: unknown key")]
    [Arguments("""{"ratio": 1}""", "$.config.ratio: unknown key")]
    [Arguments("""{"listen": 1}""", "$.config.listen: unknown key")]
    [Arguments("""{"a b": {"port": 1}}""", "$.config['a b']: unknown key")]
    [Arguments("""{"port": "80"}""", "$.config.port: expected a number, got a string")]
    [Arguments("""{"port": null}""", "$.config.port: expected a number, got null")]
    [Arguments("""{"port": [1, 2]}""", "$.config.port: expected a number, got an array")]
    [Arguments("""{"port": 1.5}""", "$.config.port: '1.5' is not a whole number from 1 to 65535")]
    [Arguments("""{"verbose": "true"}""", "$.config.verbose: expected true or false, got a string")]
    [Arguments("""{"raw": [1]}""", "$.config.raw: expected a string or a number or an object, got an array")]
    [Arguments("""{"count": 1, "count": 2}""", "$.config.count: is given twice")]
    [Arguments("""{"raw": "\ud800"}""", "$.config.raw: is not valid text: it has half of a surrogate pair, or a NUL")]
    [Arguments("""{"\ud800": 1}""", "$.config: a key is not valid text")]
    [Arguments("[1]", "$.config: expected an object of options, got an array")]
    [Arguments("3", "$.config: expected an object of options, got a number")]
    public async Task BadObject_IsToldWithItsPath(string json, string error)
    {
        string[] told = SampleTable.Read(json);
        await Assert.That(told[1]).IsEqualTo($"error parsing options: {error}\n");
        await Assert.That(told[3]).IsEqualTo("end");
    }

    [Test]
    [Arguments("""{"port": 0}""", "$.config.port: port is out of range\n  port: '0' is not a whole number from 1 to 65535\n")]
    [Arguments("""{"severity": "x"}""", "$.config.severity: 'x' is not one of low, high\n")]
    [Arguments("""{"color": "green"}""", "$.config.color: a colour is red or blue\n")]
    public async Task RefusedValue_IsToldWithItsPath(string json, string error) =>
        await Assert.That(SampleTable.Read(json)[1]).IsEqualTo(error);

    [Test]
    public async Task ManyFaults_AreAllReported()
    {
        string[] told = SampleTable.Read("""{"x": {"deep": [1]}, "port": "a", "severity": "high", "tri": 1}""");
        await Assert.That(told[1].Split('\n', StringSplitOptions.RemoveEmptyEntries).Length).IsEqualTo(3);
        await Assert.That(told[0]).StartsWith("80|False|high|");
    }

    [Test]
    public async Task BrokenJson_IsTheDocumentsFault() =>
        await Assert.That(() => SampleTable.Read("{\"port\": 1,")).Throws<JsonException>();
}
