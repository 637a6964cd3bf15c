namespace Ovms.Generators.Tests.Options;

/// <summary>The generated command-line parser, run.</summary>
public class GeneratedParserTests
{
    private const string Defaults = "80|False|low|||red||1099511627776|||0";

    [Test]
    [Arguments("", Defaults)]
    [Arguments("--port 8080", "8080|False|low|||red||1099511627776|||0")]
    [Arguments("--port=8080", "8080|False|low|||red||1099511627776|||0")]
    [Arguments("-p 1", "1|False|low|||red||1099511627776|||0")]
    [Arguments("-p=2", "2|False|low|||red||1099511627776|||0")]
    [Arguments("--listen 65535", "65535|False|low|||red||1099511627776|||0")]
    [Arguments("--verbose", "80|True|low|||red||1099511627776|||0")]
    [Arguments("--verbose --port 1", "1|True|low|||red||1099511627776|||0")]
    [Arguments("--verbose=false", Defaults)]
    [Arguments("--verbose=1", "80|True|low|||red||1099511627776|||0")]
    [Arguments("--level high --color blue", "80|False|high|||blue||1099511627776|||0")]
    [Arguments("--ratio 0.25", "80|False|low|0.25||red||1099511627776|||0")]
    [Arguments("--count -3", "80|False|low||-3|red||1099511627776|||0")]
    [Arguments("--big 18446744073709551615", "80|False|low|||red||18446744073709551615|||0")]
    [Arguments("--note= --raw={\"a\":\"=\"}", "80|False|low|||red|{\"a\":\"=\"}|1099511627776|||0")]
    [Arguments("--secret -9223372036854775808", "80|False|low|||red||1099511627776|||-9223372036854775808")]
    public async Task GoodArguments_SetValues(string line, string values)
    {
        string[] told = SampleTable.Parse(Split(line));
        await Assert.That(told[1]).IsEqualTo("");
        await Assert.That(told[0]).IsEqualTo(values);
    }

    [Test]
    [Arguments("--port", "error parsing options: port: a value is missing: --port PORT\n")]
    [Arguments("--port --verbose", "error parsing options: port: a value is missing: --port PORT\n")]
    [Arguments("--port=", "error parsing options: port: '' is not a whole number from 1 to 65535\n")]
    [Arguments("--port 4.0", "error parsing options: port: '4.0' is not a whole number from 1 to 65535\n")]
    [Arguments("--port -1", "error parsing options: port: '-1' is not a whole number from 1 to 65535\n")]
    [Arguments("--port 99999999999", "error parsing options: port: '99999999999' is not a whole number from 1 to 65535\n")]
    [Arguments("--port 0", "port is out of range\n  port: '0' is not a whole number from 1 to 65535\n")]
    [Arguments("--listen 65536", "port is out of range\n  port: '65536' is not a whole number from 1 to 65535\n")]
    [Arguments("--count x", "error parsing options: count: 'x' is not a whole number from -2147483648 to 2147483647\n")]
    [Arguments("--ratio NaN", "error parsing options: ratio: 'NaN' is not a number\n")]
    [Arguments("--verbose=yes", "error parsing options: verbose: 'yes' is neither true nor false\n")]
    [Arguments("--level LOW", "level: 'LOW' is not one of low, high\n")]
    [Arguments("--color green", "color: a colour is red or blue\n")]
    [Arguments("--count 1 --ratio 1", "ratio and count cannot be used together\n")]
    [Arguments("--prot 1", "error parsing options - unmatched arguments: --prot, 1, \n  --prot is unknown: did you mean --port?\n")]
    [Arguments("--Level=low", "error parsing options - unmatched arguments: --Level=low, \n  --Level=low is unknown: did you mean --level?\n")]
    [Arguments("--zzzzzz --tri", "error parsing options - unmatched arguments: --zzzzzz, --tri, \n")]
    [Arguments("--secre 1", "error parsing options - unmatched arguments: --secre, 1, \n")]
    [Arguments("-port 1", "error parsing options - unmatched arguments: -port, 1, \n  -port is unknown: did you mean --port?\n")]
    [Arguments("--verbose false", "error parsing options - unmatched arguments: false, \n")]
    [Arguments("-- - --= stray", "error parsing options - unmatched arguments: --, -, --=, stray, \n")]
    public async Task BadArguments_AreNamed(string line, string errors) =>
        await Assert.That(SampleTable.Parse(Split(line))[1]).IsEqualTo(errors);

    [Test]
    [Arguments("", "Down|", "")]
    [Arguments("--way up --sound QUIET", "Up|Quiet", "")]
    [Arguments("--way down --sound LOUD", "Down|Loud", "")]
    [Arguments("--way Up", "Down|", "way: 'Up' is not one of up, down\n")]
    [Arguments("--sound quiet", "Down|", "sound: 'quiet' is not one of QUIET, LOUD\n")]
    [Arguments("--way=1", "Down|", "way: '1' is not one of up, down\n")]
    public async Task Enum_IsReadByTheTextsOfItsMembers(string line, string values, string errors)
    {
        string[] told = SampleTable.Choose(Split(line));
        await Assert.That(told[0]).IsEqualTo(values);
        await Assert.That(told[1]).IsEqualTo(errors);
    }

    [Test]
    public async Task ManyFaults_AreAllReported()
    {
        string[] told = SampleTable.Parse("--what", "--port", "0", "--count", "x", "--level", "high");
        await Assert.That(told[1]).IsEqualTo(
            "error parsing options - unmatched arguments: --what, \n" +
            "port is out of range\n  port: '0' is not a whole number from 1 to 65535\n" +
            "error parsing options: count: 'x' is not a whole number from -2147483648 to 2147483647\n");
        await Assert.That(told[0]).StartsWith("0|False|high||");
    }

    [Test]
    public async Task RepeatedOption_TakesTheLastAndWarns()
    {
        string[] told = SampleTable.Parse("--port", "1", "--verbose", "-p", "2");
        await Assert.That(told[0]).StartsWith("2|True|");
        await Assert.That(told[1]).IsEqualTo("");
        await Assert.That(told[2]).IsEqualTo("--port is given more than once: the last value, 2, is used");
    }

    private static string[] Split(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
