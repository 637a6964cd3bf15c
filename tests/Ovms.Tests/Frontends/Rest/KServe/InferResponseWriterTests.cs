using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Ovms.Frontends.Rest.KServe;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Frontends.Rest.KServe;

internal sealed class InferResponseWriterTests
{
    private static readonly ServableId s_servable = new("my \"model\"", 3);

    [Test]
    public async Task JsonOutputs_AreOneDocument()
    {
        using Tensor floats = Floats([1, 2, 2], 1, 2.5f, -3, 0.1f);
        using Tensor strings = Strings("a\"b", "", "é\n");
        (Outcome outcome, string text, int? jsonLength) = Write(new InferMessage { Id = "id-1" }, false, Output("f", ElementType.F32, floats), Output("s", ElementType.String, strings));
        await Assert.That(outcome.IsOk).IsTrue();
        await Assert.That(jsonLength).IsNull();
        await Assert.That(text).StartsWith("""{"model_name":"my \"model\"","id":"id-1","model_version":"3","outputs":[{"name":"f","shape":[1,2,2],"datatype":"FP32","data":[""");
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement outputs = document.RootElement.GetProperty("outputs");
        await Assert.That(outputs[0].GetProperty("data").EnumerateArray().Select(static v => v.GetSingle())).IsEquivalentTo(new[] { 1f, 2.5f, -3f, 0.1f }, CollectionOrdering.Matching);
        await Assert.That(outputs[1].GetProperty("datatype").GetString()).IsEqualTo("BYTES");
        await Assert.That(outputs[1].GetProperty("data").EnumerateArray().Select(static v => v.GetString()!)).IsEquivalentTo(new[] { "a\"b", "", "é\n" }, CollectionOrdering.Matching);
    }

    [Test]
    [Arguments(null)]
    [Arguments("")]
    public async Task NoId_IsLeftOut(string? id)
    {
        using Tensor floats = Floats([1], 1);
        (_, string text, _) = Write(new InferMessage { Id = id }, false, Output("f", ElementType.F32, floats));
        await Assert.That(text).DoesNotContain("\"id\"");
    }

    [Test]
    public async Task EachOutput_HasItsOwnForm()
    {
        using Tensor first = Floats([2], 1, 2);
        using Tensor second = Floats([1], 7);
        using Tensor third = Strings("xy", "");
        InferMessage message = new() { Outputs = { new RequestedOutput("a", true), new RequestedOutput("b"), new RequestedOutput("t", true) } };
        (Outcome outcome, byte[] bytes, int? jsonLength) = WriteBytes(message, false, Output("a", ElementType.F32, first), Output("b", ElementType.F32, second), Output("t", ElementType.String, third));
        await Assert.That(outcome.IsOk).IsTrue();
        using JsonDocument document = JsonDocument.Parse(bytes.AsMemory(0, jsonLength!.Value));
        JsonElement outputs = document.RootElement.GetProperty("outputs");
        await Assert.That(outputs[0].GetProperty("parameters").GetProperty("binary_data_size").GetInt32()).IsEqualTo(8);
        await Assert.That(outputs[0].TryGetProperty("data", out _)).IsFalse();
        await Assert.That(outputs[1].GetProperty("data")[0].GetSingle()).IsEqualTo(7f);
        await Assert.That(outputs[2].GetProperty("parameters").GetProperty("binary_data_size").GetInt32()).IsEqualTo(10);
        byte[] expected = [.. MemoryMarshal.AsBytes<float>([1f, 2f]), 2, 0, 0, 0, (byte)'x', (byte)'y', 0, 0, 0, 0];
        await Assert.That(bytes[jsonLength.Value..]).IsEquivalentTo(expected, CollectionOrdering.Matching);
    }

    [Test]
    public async Task BinaryByDefault_AppliesToAllButTheOneThatSaysNo()
    {
        using Tensor first = Floats([1], 1);
        using Tensor second = Floats([1], 7);
        (_, byte[] all, int? whole) = WriteBytes(new InferMessage(), true, Output("a", ElementType.F32, first), Output("b", ElementType.F32, second));
        await Assert.That(all.Length - whole!.Value).IsEqualTo(8);
        InferMessage message = new() { Outputs = { new RequestedOutput("b"), new RequestedOutput("a", false) } };
        (_, byte[] one, int? part) = WriteBytes(message, true, Output("b", ElementType.F32, second), Output("a", ElementType.F32, first));
        await Assert.That(one.Length - part!.Value).IsEqualTo(4);
        await Assert.That(MemoryMarshal.Read<float>(one.AsSpan(part.Value))).IsEqualTo(7f);
    }

    [Test]
    public async Task StringsThatAreNotUtf8_AreRefusedInJsonAndSentAsBytes()
    {
        using Tensor strings = Tensor.CreateStrings([1], [2], [0xFF, 0xFE]);
        (Outcome refused, _, _) = Write(new InferMessage(), false, Output("s", ElementType.String, strings));
        await Assert.That(refused.Code).IsEqualTo(StatusCode.OutputIsNotUtf8);
        await Assert.That(refused.Text).Contains("output name: s").And.Contains("\"binary_data\":true");
        (Outcome sent, byte[] bytes, int? jsonLength) = WriteBytes(new InferMessage(), true, Output("s", ElementType.String, strings));
        await Assert.That(sent.IsOk).IsTrue();
        await Assert.That(bytes[jsonLength!.Value..]).IsEquivalentTo(new byte[] { 2, 0, 0, 0, 0xFF, 0xFE }, CollectionOrdering.Matching);
    }

    [Test]
    public async Task ScalarAndEmptyOutputs_KeepTheirShape()
    {
        using Tensor scalar = Floats([], 4);
        using Tensor empty = Floats([0, 3]);
        (_, string text, _) = Write(new InferMessage(), false, Output("s", ElementType.F32, scalar), Output("e", ElementType.F32, empty));
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement outputs = document.RootElement.GetProperty("outputs");
        await Assert.That(outputs[0].GetProperty("shape").GetArrayLength()).IsEqualTo(0);
        await Assert.That(outputs[0].GetProperty("data").GetArrayLength()).IsEqualTo(1);
        await Assert.That(outputs[1].GetProperty("shape").GetRawText()).IsEqualTo("[0,3]");
        await Assert.That(outputs[1].GetProperty("data").GetArrayLength()).IsEqualTo(0);
    }

    private static (Outcome Outcome, string Text, int? JsonLength) Write(InferMessage message, bool binary, params OutputTensor[] outputs)
    {
        (Outcome outcome, byte[] bytes, int? jsonLength) = WriteBytes(message, binary, outputs);
        return (outcome, Encoding.UTF8.GetString(bytes), jsonLength);
    }

    private static (Outcome Outcome, byte[] Bytes, int? JsonLength) WriteBytes(InferMessage message, bool binary, params OutputTensor[] outputs)
    {
        using NativeBuffer answer = new();
        Outcome outcome = InferResponseWriter.Write(answer, s_servable, message, outputs, binary, out int? jsonLength);
        return (outcome, answer.Bytes.ToArray(), jsonLength);
    }

    private static OutputTensor Output(string name, ElementType type, Tensor tensor) => new(new TensorInfo(0, name, type, PartialShape.DynamicRank, "..."), tensor);

    private static Tensor Floats(long[] shape, params float[] values)
    {
        Tensor tensor = Tensor.Allocate(ElementType.F32, shape);
        MemoryMarshal.AsBytes<float>(values).CopyTo(tensor.Bytes);
        return tensor;
    }

    private static Tensor Strings(params string[] values)
    {
        byte[][] encoded = [.. values.Select(Encoding.UTF8.GetBytes)];
        return Tensor.CreateStrings([values.Length], [.. encoded.Select(static e => e.Length)], [.. encoded.SelectMany(static e => e)]);
    }
}
