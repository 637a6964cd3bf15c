using Ovms.Frontends.Extensions;
using Ovms.Frontends.Grpc.Protos.Models;
using Ovms.Native;
using Ovms.Serving.Signatures;

namespace Ovms.Tests.Frontends.Extensions;

internal sealed class ModelConfigurationTests
{
    private static readonly Dimension s_any = Dimension.Dynamic;

    public static IEnumerable<Func<(PartialShape[] Inputs, PartialShape[] Outputs, int Expected)>> Signatures()
    {
        PartialShape open = new(s_any, Dimension.Of(10));
        yield return () => ([PartialShape.Of(1, 10)], [PartialShape.Of(1, 10)], 0);
        yield return () => ([open], [open], 1024);

        // A language model has no tensors that callers send.
        yield return () => ([], [], 0);
        yield return () => ([open], [PartialShape.Of(1, 10)], 0);
        yield return () => ([PartialShape.Of(1, 10)], [open], 0);
        yield return () => ([open, PartialShape.Of()], [open], 0);
        yield return () => ([open], [PartialShape.DynamicRank], 0);
        yield return () => ([new(Dimension.Range(1, 8), Dimension.Of(10))], [open], 8);
        yield return () => ([new(Dimension.Range(1, 8), s_any), new(Dimension.Range(2, 6), s_any)], [new(Dimension.Range(1, 16), s_any)], 6);
        yield return () => ([new(Dimension.Range(1, 1L << 40), s_any)], [open], int.MaxValue);
        yield return () => ([new(Dimension.Of(1), s_any)], [new(Dimension.Of(1), s_any)], 0);

        // Without its batch such a tensor has no dimension left, and load tools cannot send it.
        yield return () => ([new(s_any)], [new(s_any)], 0);
    }

    [Test]
    [MethodDataSource(nameof(Signatures))]
    public async Task MaxBatchSize_IsTheUpperBoundOfADynamicBatchOnly(PartialShape[] inputs, PartialShape[] outputs, int expected) =>
        await Assert.That(ModelConfiguration.MaxBatchSizeOf(new Signature([.. inputs.Select(Tensor)], [.. outputs.Select(Tensor)]))).IsEqualTo(expected);

    [Test]
    public async Task Datatypes_AreThePublishedEnum()
    {
        Google.Protobuf.Reflection.EnumDescriptor published = ModelConfigReflection.Descriptor.EnumTypes.Single();
        await Assert.That(published.Values.Count).IsEqualTo(15);
        foreach (Google.Protobuf.Reflection.EnumValueDescriptor value in published.Values)
        {
            await Assert.That(ConfigDatatype.NameOf(value.Number)).IsEqualTo(value.Name);
        }

        await Assert.That(ConfigDatatype.NumberOf("BYTES")).IsEqualTo((int)DataType.TypeString);
        await Assert.That(ConfigDatatype.NumberOf("FP32")).IsEqualTo((int)DataType.TypeFp32);
        await Assert.That(ConfigDatatype.NumberOf("UINT4")).IsEqualTo((int)DataType.TypeInvalid);
    }

    private static TensorInfo Tensor(PartialShape shape, int index) => new(index, $"t{index}", ElementType.F32, shape, "...");
}
