using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Tests.Serving.Requests;

public sealed class ZeroTensorTests
{
    private const long Bound = 256 << 20;

    [Test]
    [Arguments(ElementType.F32, (Bound / 4) + 1, 1L)]
    [Arguments(ElementType.U8, Bound + 1, 1L)]
    [Arguments(ElementType.F32, 1L << 62, 8L)]
    [Arguments(ElementType.String, Bound / 32, 1L)]
    public async Task Tensor_IsNotMadeBeyondItsBound(ElementType type, long rows, long columns)
    {
        using Tensor? made = Make(type, rows, columns);
        await Assert.That(made).IsNull();
    }

    [Test]
    [Arguments(ElementType.F32, 3L, 2L)]
    [Arguments(ElementType.F32, 0L, 5L)]
    [Arguments(ElementType.String, 3L, 2L)]
    public async Task Tensor_HasTheShapeAskedFor(ElementType type, long rows, long columns)
    {
        using Tensor? made = Make(type, rows, columns);
        await Assert.That(made!.GetShape()).IsEquivalentTo([rows, columns]);
    }

    private static Tensor? Make(ElementType type, params long[] shape) =>
        ZeroTensor.TryMake(new TensorInfo(0, "x", type, PartialShape.DynamicRank, "..."), shape, Bound);
}
