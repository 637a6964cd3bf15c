using Ovms.Graphs.Calculators.Python;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Tests.Graphs.Calculators.Python;

/// <summary>What bytes with a stated datatype and shape are taken for.</summary>
public sealed class PythonTensorsTests
{
    [Test]
    [Arguments("FP32", new long[] { 2, 3 }, 24, "F32")]
    [Arguments("FP32", new long[0], 4, "F32")]
    [Arguments("INT64", new long[] { 0, 9 }, 0, "I64")]
    [Arguments("BF16", new long[] { 3 }, 6, "BF16")]
    [Arguments("my_type", new long[] { 7 }, 2, "U8 my_type")]
    [Arguments("BYTES", new long[] { 11 }, 11, "U8 BYTES")]
    [Arguments("BYTES", new long[] { 2 }, 8, "String")]
    [Arguments("BYTES", new long[] { 1 }, 8, "U8 BYTES")]
    [Arguments("<U3", new long[] { 1L << 50 }, 1, "U8 <U3")]
    public async Task Bytes_AreTakenForWhatTheirDatatypeSays(string datatype, long[] shape, int length, string expected)
    {
        using NativeBuffer content = Zeros(length);
        Outcome<TensorInfo> info = PythonTensors.Describe(datatype, shape, content);
        await Assert.That(info.IsOk).IsTrue();
        await Assert.That($"{info.Value!.ElementType} {info.Value.StatedDatatype}".Trim()).IsEqualTo(expected);
    }

    [Test]
    [Arguments("FP32", new long[] { 2, 3 }, 23, "23 bytes, but FP32 with the shape [2,3] has 24")]
    [Arguments("UINT8", new long[] { -1 }, 1, "the shape [-1]")]
    [Arguments("my_type", new long[] { 1L << 40, 1L << 40 }, 1, "the shape [1099511627776,1099511627776]")]
    public async Task BytesThatDisagree_AreRefused(string datatype, long[] shape, int length, string expected)
    {
        using NativeBuffer content = Zeros(length);
        Outcome<TensorInfo> info = PythonTensors.Describe(datatype, shape, content);
        await Assert.That(info.Code).IsEqualTo(StatusCode.GraphExecutionError);
        await Assert.That(info.Detail!).Contains(expected);
    }

    private static NativeBuffer Zeros(int length)
    {
        NativeBuffer zeros = new(Math.Max(length, 1));
        zeros.Advance(length);
        zeros.Bytes.Clear();
        return zeros;
    }
}
