using Ovms.Devices;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Tests.Devices;

public sealed class StaticShapeRuleTests
{
    private static readonly Dimension s_open = Dimension.Range(1, 512);

    [Test]
    [Arguments("CPU")]
    [Arguments("GPU")]
    [Arguments("AUTO")]
    [Arguments("AUTO:NPU,CPU")]
    [Arguments("HETERO:NPU,CPU")]
    public async Task OtherDevices_TakeOpenShapes(string device)
    {
        await Assert.That(Check(device, new PartialShape(s_open, Dimension.Of(10))).IsOk).IsTrue();
    }

    [Test]
    [Arguments("BATCH:CPU(4)")]
    [Arguments("NPU")]
    [Arguments("NPU.3720")]
    public async Task FixedShapes_AreTakenEverywhere(string device)
    {
        await Assert.That(StaticShapeRule.Check(TargetDevice.Parse(device).Value!, isDynamic: false, [Port("x", PartialShape.Of(1, 10))]).IsOk).IsTrue();
    }

    [Test]
    [Arguments("BATCH:CPU")]
    [Arguments("BATCH:GPU(4)")]
    [Arguments("NPU")]
    [Arguments("NPU.3720")]
    [Arguments("AUTO:NPU")]
    [Arguments("HETERO:NPU")]
    public async Task OpenBatch_IsRefusedNamingTheDimensionAndTheFlag(string device)
    {
        Outcome check = Check(device, new PartialShape(s_open, Dimension.Of(10)));

        await Assert.That(check.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(check.Detail!).Contains("input x has shape ([1~512],10), where dimension 0 ([1~512]) is dynamic. Fix it with --batch_size 1");
        await Assert.That(check.Detail!).Contains(device.StartsWith("BATCH", StringComparison.Ordinal) ? "BATCH takes models of fixed shapes only" : "NPU takes models of fixed shapes only");
    }

    [Test]
    public async Task OtherOpenDimensions_AreRefusedWithAShapeToFillIn()
    {
        Outcome check = Check("NPU", new PartialShape(Dimension.Dynamic, Dimension.Of(3), Dimension.Range(224, 512), Dimension.Of(224)));

        await Assert.That(check.Detail!).Contains("dimensions 0 (-1), 2 ([224~512]) are dynamic");
        await Assert.That(check.Detail!).Contains("--shape \"(1,3,224,224)\"");
    }

    [Test]
    public async Task SeveralInputs_GetAShapeByName()
    {
        Outcome check = StaticShapeRule.Check(
            TargetDevice.Parse("NPU").Value!, isDynamic: true, [Port("a", PartialShape.Of(1, 2)), Port("b", new PartialShape(Dimension.Of(1), Dimension.Dynamic))]);

        await Assert.That(check.Detail!).Contains("input b has shape (1,-1)");
        await Assert.That(check.Detail!).Contains("--shape '{\"b\": \"(1,1)\"}'");
    }

    [Test]
    public async Task OpenRank_IsRefusedToo()
    {
        await Assert.That(Check("NPU", PartialShape.DynamicRank).Detail!).Contains("not even the number of dimensions is known");
    }

    [Test]
    public async Task ShapesOpenOnlyInside_SayThatNoOptionHelps()
    {
        await Assert.That(Check("NPU", PartialShape.Of(1, 10)).Detail!).Contains("shapes inside are dynamic");
    }

    private static Outcome Check(string device, PartialShape shape) => StaticShapeRule.Check(TargetDevice.Parse(device).Value!, isDynamic: true, [Port("x", shape)]);

    private static PortInfo Port(string name, PartialShape shape) => new(0, name, ElementType.F32, shape);
}
