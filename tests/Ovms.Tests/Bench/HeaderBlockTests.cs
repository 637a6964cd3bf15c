using Ovms.Bench;

namespace Ovms.Tests.Bench;

/// <summary>Header blocks, with the examples of RFC 7541's appendix C.</summary>
public sealed class HeaderBlockTests
{
    [Test]
    [Arguments("f1e3c2e5f23a6ba0ab90f4ff", "www.example.com")]
    [Arguments("9d29ad171863c78f0b97c8e9ae82ae43d3", "https://www.example.com")]
    [Arguments("d07abe941054d444a8200595040b8166e084a62d1bff", "Mon, 21 Oct 2013 20:13:22 GMT")]
    [Arguments(
        "94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
        "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1")]
    public async Task HuffmanCode_IsThatOfTheStandard(string coded, string text) =>
        await Assert.That(HuffmanText.Decode(Convert.FromHexString(coded))).IsEqualTo(text);

    [Test]
    public async Task WrittenHeaders_AreFound_AlsoLongOnes()
    {
        string host = $"{new string('h', 300)}:9000";
        byte[] block = HeaderBlock.OfCall("/package.Service/Method", host);

        // The call's own headers have names of the static table: only te is written out.
        await Assert.That(HeaderBlock.Find(block, "te")).IsEqualTo("trailers");
        await Assert.That(HeaderBlock.Find(block, "grpc-status")).IsNull();
    }

    [Test]
    [Arguments("00")]
    [Arguments("000474")]
    [Arguments("00ffffffffffffff")]
    [Arguments("0f")]
    [Arguments("3fffffffffff")]
    public async Task BlockThatIsCutOff_HasNothing(string block) =>
        await Assert.That(HeaderBlock.Find(Convert.FromHexString(block), "grpc-status")).IsNull();
}
