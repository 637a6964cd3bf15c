using System.Runtime.InteropServices;
using System.Text;
using Ovms.Frontends.Rest.TensorFlow;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Tests.Frontends.Rest.TensorFlow;

internal sealed class PredictionWriterTests
{
    [Test]
    public async Task OneOutput_GoesWithoutItsName()
    {
        using Tensor table = Floats([2, 3], 1, 2.5f, -3, 0.1f, 5, 6);
        using Tensor row = Floats([3], 1, 2, 3);
        using Tensor scalar = Floats([], 4);
        using Tensor empty = Floats([2, 0]);
        using Tensor deep = Floats([1, 2, 1], 7, 8);
        await Assert.That(Text(true, Output("f", table))).IsEqualTo("""{"predictions":[[1.0,2.5,-3.0],[0.1,5.0,6.0]]}""");
        await Assert.That(Text(false, Output("f", table))).IsEqualTo("""{"outputs":[[1.0,2.5,-3.0],[0.1,5.0,6.0]]}""");
        await Assert.That(Text(true, Output("f", row))).IsEqualTo("""{"predictions":[1.0,2.0,3.0]}""");
        await Assert.That(Text(false, Output("f", scalar))).IsEqualTo("""{"outputs":4.0}""");
        await Assert.That(Text(false, Output("f", empty))).IsEqualTo("""{"outputs":[[],[]]}""");
        await Assert.That(Text(false, Output("f", deep))).IsEqualTo("""{"outputs":[[[7.0],[8.0]]]}""");
    }

    [Test]
    public async Task SeveralOutputs_AreNamed()
    {
        using Tensor table = Floats([2, 2], 1, 2, 3, 4);
        using Tensor column = Floats([2], 5, 6);
        using Tensor scalar = Floats([], 7);
        await Assert.That(Text(true, Output("t", table), Output("c", column))).IsEqualTo("""{"predictions":[{"t":[1.0,2.0],"c":5.0},{"t":[3.0,4.0],"c":6.0}]}""");
        await Assert.That(Text(false, Output("t", table), Output("s", scalar))).IsEqualTo("""{"outputs":{"t":[[1.0,2.0],[3.0,4.0]],"s":7.0}}""");
    }

    [Test]
    public async Task OutputsWithoutRows_AreRefusedByRows()
    {
        using Tensor table = Floats([2, 2], 1, 2, 3, 4);
        using Tensor scalar = Floats([], 7);
        using Tensor three = Floats([3], 5, 6, 7);
        foreach (OutputTensor[] outputs in new OutputTensor[][] { [Output("s", scalar)], [Output("t", table), Output("s", scalar)], [Output("t", table), Output("s", three)] })
        {
            Outcome refused = Write(true, outputs).Outcome;
            await Assert.That(refused.Code).IsEqualTo(StatusCode.RestProtoToStringError);
            await Assert.That(refused.Text).Contains("Output s has shape").And.Contains("\"inputs\"");
        }
    }

    [Test]
    public async Task Strings_AreTextOrBase64()
    {
        using Tensor strings = Tensor.CreateStrings([3], [3, 0, 2], [(byte)'a', (byte)'"', (byte)'\n', 0xFF, 0xFE]);
        await Assert.That(Text(true, Output("s", strings, ElementType.String))).IsEqualTo("""{"predictions":["a\"\n","",{"b64":"//4="}]}""");
        await Assert.That(Text(false, Output("s_bytes", strings, ElementType.String))).IsEqualTo("""{"outputs":[{"b64":"YSIK"},{"b64":""},{"b64":"//4="}]}""");
    }

    [Test]
    public async Task LargeTables_AreWhole()
    {
        float[] values = [.. Enumerable.Range(0, 3000 * 7).Select(static i => i + 0.5f)];
        using Tensor table = Floats([3000, 7], values);
        string text = Text(true, Output("f", table));
        float[][] rows = System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("predictions").EnumerateArray()
            .Select(static row => row.EnumerateArray().Select(static v => v.GetSingle()).ToArray()).ToArray();
        await Assert.That(rows.Length).IsEqualTo(3000);
        await Assert.That(rows.SelectMany(static row => row).SequenceEqual(values)).IsTrue();
        await Assert.That(rows.All(static row => row.Length == 7)).IsTrue();
    }

    private static string Text(bool byRows, params OutputTensor[] outputs)
    {
        (Outcome outcome, string text) = Write(byRows, outputs);
        return outcome.IsOk ? text : outcome.Text;
    }

    private static (Outcome Outcome, string Text) Write(bool byRows, OutputTensor[] outputs)
    {
        using NativeBuffer answer = new();
        Outcome outcome = PredictionWriter.Write(answer, outputs, byRows);
        return (outcome, Encoding.UTF8.GetString(answer.Bytes));
    }

    private static OutputTensor Output(string name, Tensor tensor, ElementType type = ElementType.F32) => new(new TensorInfo(0, name, type, PartialShape.DynamicRank, "..."), tensor);

    private static Tensor Floats(long[] shape, params float[] values)
    {
        Tensor tensor = Tensor.Allocate(ElementType.F32, shape);
        MemoryMarshal.AsBytes<float>(values).CopyTo(tensor.Bytes);
        return tensor;
    }
}
