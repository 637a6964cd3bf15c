using Ovms.Native;
using Ovms.Serving;
using Ovms.Serving.Preparation;
using Ovms.Status;

namespace Ovms.Tests.Serving.Preparation;

/// <summary>Names of ports.</summary>
public class SignatureReaderTests
{
    [Test]
    public async Task PortsWithoutName_AreNamedByTheirPlace()
    {
        Signature signature = Read([Port(0, null), Port(1, "x")], [Port(0, "a"), Port(1, null)]).Value!;

        await Assert.That(string.Join(' ', signature.Inputs.Select(static info => info.Name))).IsEqualTo("in_0 x");
        await Assert.That(string.Join(' ', signature.Outputs.Select(static info => info.Name))).IsEqualTo("a out_1");
    }

    [Test]
    public async Task OneNameOnBothSides_IsAllowed() =>
        await Assert.That(Read([Port(0, "x")], [Port(0, "x")]).Text).IsEqualTo("OK");

    [Test]
    public async Task OneNameTwice_IsAFailureThatNamesThePorts()
    {
        Outcome<Signature> signature = Read([Port(0, "x")], [Port(0, "out_1"), Port(1, null)]);

        await Assert.That(signature.Code).IsEqualTo(StatusCode.ModelNotLoaded);
        await Assert.That(signature.Text).Contains("The outputs 0 and 1 would both be served as out_1");
    }

    private static Outcome<Signature> Read(PortInfo[] inputs, PortInfo[] outputs) =>
        SignatureReader.Read(inputs, outputs, [.. inputs.Select(static _ => "N...")], [.. outputs.Select(static _ => "N...")]);

    private static PortInfo Port(int index, string? name) => new(index, name, ElementType.F32, PartialShape.Of(1, 10));
}
