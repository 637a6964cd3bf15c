using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Tests.Repository;

/// <summary>The table of policies, and what is refused.</summary>
public class VersionPolicyTests
{
    [Test]
    [Arguments("""{"latest":{"num_versions":1}}""", true)]
    [Arguments("""{"latest":{"num_versions":2}}""", false)]
    [Arguments("""{"specific":{"versions":[7]}}""", true)]
    [Arguments("""{"specific":{"versions":[7,2]}}""", false)]
    [Arguments("""{"all":{}}""", false)]
    public async Task PolicyOfOneVersion_IsSingle(string policy, bool expected) =>
        await Assert.That(VersionPolicy.Parse(policy).Value!.IsSingle).IsEqualTo(expected);

    [Test]
    [Arguments("""{"latest":{"num_versions":1}}""", "3,1,2", "3")]
    [Arguments("""{"latest": { "num_versions": 2 }}""", "3,1,2", "2,3")]
    [Arguments("""{"latest":{"num_versions":9}}""", "3,1,2", "1,2,3")]
    [Arguments("""{"latest":{"num_versions":1}}""", "", "")]
    [Arguments("""{"all":{}}""", "10,9,100", "9,10,100")]
    [Arguments("""{"specific":{"versions":[3,1]}}""", "1,2,3", "1,3")]
    [Arguments("""{"specific":{"versions":[7,2]}}""", "1,2,3", "2")]
    [Arguments("""{"specific":{"versions":[7]}}""", "1,2,3", "")]
    public async Task Policy_SelectsOfWhatIsThere(string json, string available, string selected)
    {
        Outcome<VersionPolicy> policy = VersionPolicy.Parse(json);

        await Assert.That(policy.Text).IsEqualTo("OK");
        await Assert.That(string.Join(',', policy.Value!.Select(Numbers(available)))).IsEqualTo(selected);
    }

    [Test]
    [Arguments("""{"specific":{"versions":[7,1,9]}}""", "7,9")]
    [Arguments("""{"specific":{"versions":[2,1]}}""", "")]
    [Arguments("""{"latest":{"num_versions":4}}""", "")]
    [Arguments("""{"all":{}}""", "")]
    public async Task Missing_AreTheNamedOnesThatDoNotExist(string json, string missing) =>
        await Assert.That(string.Join(',', VersionPolicy.Parse(json).Value!.Missing([1, 2, 3]))).IsEqualTo(missing);

    [Test]
    public async Task Default_IsTheHighest() =>
        await Assert.That(string.Join(',', VersionPolicy.Default.Select([2, 10, 9]))).IsEqualTo("10");

    [Test]
    [Arguments("""{"latest":{"num_versions":4}}""")]
    [Arguments("""{"all":{}}""")]
    [Arguments("""{"specific":{"versions":[1,3]}}""")]
    public async Task Policy_WritesWhatItReads(string json) =>
        await Assert.That(VersionPolicy.Parse(json).Value!.ToString()).IsEqualTo(json);

    [Test]
    [Arguments("")]
    [Arguments("latest")]
    [Arguments("""{"\ud800":{}}""")]
    [Arguments("[]")]
    [Arguments("{}")]
    [Arguments("""{"all":{},"latest":{"num_versions":1}}""")]
    [Arguments("""{"all":{},"all":{}}""")]
    [Arguments("""{"all":{"x":1}}""")]
    [Arguments("""{"all":true}""")]
    [Arguments("""{"latest":{}}""")]
    [Arguments("""{"latest":2}""")]
    [Arguments("""{"latest":{"num_versions":0}}""")]
    [Arguments("""{"latest":{"num_versions":-1}}""")]
    [Arguments("""{"latest":{"num_versions":1.5}}""")]
    [Arguments("""{"latest":{"num_versions":"1"}}""")]
    [Arguments("""{"latest":{"num_versions":99999999999}}""")]
    [Arguments("""{"latest":{"num_versions":1,"more":2}}""")]
    [Arguments("""{"specific":{"versions":[]}}""")]
    [Arguments("""{"specific":{"versions":[0]}}""")]
    [Arguments("""{"specific":{"versions":["1"]}}""")]
    [Arguments("""{"specific":{"versions":{}}}""")]
    [Arguments("""{"specific":[1]}""")]
    [Arguments("""{"all":[[[[[[[[[[]]]]]]]]]]}""")]
    public async Task Malformed_IsRefusedWithTheForms(string json)
    {
        Outcome<VersionPolicy> policy = VersionPolicy.Parse(json);

        await Assert.That(policy.Code).IsEqualTo(StatusCode.ModelVersionPolicyWrongFormat);
        await Assert.That(policy.Text).StartsWith("Model version policy is in wrong format - ");
        await Assert.That(policy.Text).Contains("""{"latest":{"num_versions":1}}""");
    }

    [Test]
    public async Task UnknownPolicy_IsNamed()
    {
        Outcome<VersionPolicy> policy = VersionPolicy.Parse("""{"newest":{}}""");

        await Assert.That(policy.Code).IsEqualTo(StatusCode.ModelVersionPolicyUnsupportedKey);
        await Assert.That(policy.Text).StartsWith("Model version policy contains unsupported key - newest; ");
    }

    private static IEnumerable<long> Numbers(string list) => list.Length == 0 ? [] : list.Split(',').Select(long.Parse);
}
