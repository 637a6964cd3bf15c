using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Devices;
using Ovms.Devices.Cpu;
using Ovms.Devices.Health;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving;
using Ovms.Serving.Draining;
using Ovms.Serving.Loading;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Inference;

/// <summary>
/// Models that hand an input on as an output: every caller gets its own bytes back. Without <see cref="Ovms.Serving.Requests.OutputMemory"/> dynamic ones with a
/// conversion answer most calls wrongly here, or crash.
/// </summary>
public sealed class HandedOnOutputTests
{
    private const string Open = "?,1..512";
    private const int Callers = 8;
    private const int CallsEach = 400;

    // Answers that each caller leaves unread while it calls again.
    private const int Unread = 3;

    [Test]
    [MatrixDataSource]
    public async Task EightCallers_GetTheirOwnBytesBack(
        [Matrix("convert", "convert_u8", "convert_i32", "convert_twice", "convert_and_relu", "convert_and_unsqueeze", "direct", "direct_u8", "direct_and_relu", "two_inputs", "reshape", "squeeze", "transpose", "static_convert", "static_direct", "large_static_direct", "large_static_convert", "large_static_reshape", "large_static_reshape_and_relu", "identity.onnx", "cast.onnx")] string model,
        [Matrix(1, 4)] int nireq)
    {
        await StormAsync(model, "CPU", nireq, CallsEach);
    }

    [Test]
    [MatrixDataSource]
    public async Task OutputsThatLeftTheirRequest_AreNotWrittenToAgain([Matrix("large_static_reshape", "large_static_reshape_and_relu")] string model, [Matrix(1, 4)] int nireq)
    {
        await StormAsync(model, "CPU", nireq, CallsEach, detaches: true);
    }

    // A request that is made while another one computes crashes OpenVINO: here it would within seconds.
    [Test]
    [MatrixDataSource]
    public async Task RequestsThatAreExchanged_AnswerAsBefore([Matrix("convert", "convert_and_relu", "direct", "two_inputs", "reshape")] string model, [Matrix(1, 4)] int nireq)
    {
        await StormAsync(model, "CPU", nireq, CallsEach, letsOutputsGo: true);
    }

    [Test]
    [Arguments("AUTO:CPU")]
    [Arguments("HETERO:CPU")]
    [Arguments("MULTI:CPU")]
    public async Task UnderOtherDeviceStrings(string device) => await StormAsync("convert", device, 4, CallsEach);

    [Test]
    public async Task TwentyThousandCalls()
    {
        await StormAsync("convert", "CPU", 4, 20_000 / Callers);
        await StormAsync("convert_and_relu", "CPU", 4, 20_000 / Callers);
    }

    private static async Task StormAsync(string model, string device, int nireq, int callsEach, bool detaches = false, bool letsOutputsGo = false)
    {
        using TemporaryFolder folder = new();
        Write(model, folder);
        ServableRegistry registry = new(new Drain());
        Servable servable = new(new ServableId("m", 1), Load(folder.Path, device, nireq));
        registry.Publish(new ServableTable([new ModelEntry("m", [new VersionEntry(1, ServableState.Available, servable)])]));
        ModelCalls calls = TestCalls.Of(registry);
        int wrong = 0;
        await Task.WhenAll(Enumerable.Range(1, Callers).Select(caller => Task.Run(async () =>
        {
            Random random = new(caller);
            Queue<(ModelCall Call, int Length, byte Mark)> unread = [];
            for (int i = 0; i < callsEach; i++)
            {
                unread.Enqueue(await AnswerAsync(calls, servable.Signature, (byte)(((caller * 16) + (i % 16)) & 0x7F), random));

                ModelCall latest = unread.Last().Call;
                latest.Slot!.LetsOutputsGo = letsOutputsGo;
                CheckDownTo(detaches && latest.Detach() ? Unread : 0);
            }

            CheckDownTo(0);

            void CheckDownTo(int left)
            {
                while (unread.Count > left)
                {
                    (ModelCall call, int length, byte mark) = unread.Dequeue();
                    using (call)
                    {
                        bool isRight = call.Outputs.Length == servable.Signature.Outputs.Length
                            && Array.TrueForAll(call.Outputs, output => output.Bytes.Length == length && !output.Bytes.ContainsAnyExcept(mark));
                        Interlocked.Add(ref wrong, isRight ? 0 : 1);
                    }
                }
            }
        })));
        servable.Retire();
        await servable.Drained;
        await Assert.That(wrong).IsEqualTo(0);
    }

    // The bytes of all inputs are one and the same, and so must be those of all outputs. As a float the byte, four times, is positive
    // or it stands for itself: ReLU leaves it.
    private static async Task<(ModelCall Call, int Length, byte Mark)> AnswerAsync(ModelCalls calls, Signature signature, byte mark, Random random)
    {
        long rows = random.Next(1, 5);
        long columns = random.Next(1, 65);
        List<InputTensor> inputs = [];
        foreach (TensorInfo input in signature.Inputs)
        {
            long[] shape = input.Shape.IsStatic ? input.Shape.ToShape() : input.Shape.Rank == 3 ? [rows, 1, columns] : [rows, columns];
            byte[] bytes = new byte[input.Marshaler.ByteLength(shape.Aggregate(static (count, size) => count * size))];
            bytes.AsSpan().Fill(mark);
            inputs.Add(Requests.Raw(input.Name, input.Marshaler.Datatype, shape, bytes));
        }

        int expected = inputs[0].Content!.Length;
        InferMessage message = Requests.Message([.. inputs]);
        ModelCall call = calls.Open(CallOrigin.KServeGrpc, "m", "").Value!;
        Outcome outcome = await call.RunAsync(message, CancellationToken.None);
        if (!outcome.IsOk)
        {
            throw new InvalidOperationException(outcome.Text);
        }

        return (call, expected, mark);
    }

    private static LoadedModel Load(string path, string device, int nireq)
    {
        ModelOptions options = new() { ModelName = "m", ModelPath = path, TargetDevice = device, Nireq = (uint)nireq };
        ModelConfig config = ModelConfig.From(options, new ServerOptions()).Value!;
        EngineCores cores = new(Engine.Core);
        DeviceCompiler compiler = new(cores, KnownDevices.BuiltIn, HardwareProbe.OfThisMachine(OpenVinoLibrary.Directory));
        ModelLoader loader = new(cores, compiler, new CpuPlanner("/", isSplit: false), NullLogger.Instance);
        Outcome<LoadedModel> loaded = loader.Load(new ServableId("m", 1), new ModelVersionFolder(1, path), config);
        return loaded.IsOk ? loaded.Value : throw new InvalidOperationException(loaded.Text);
    }

    private static void Write(string model, TemporaryFolder folder)
    {
        TinyIr ir = new();
        switch (model)
        {
            case "convert" or "convert_u8" or "convert_i32":
                ir.Result(ir.Convert(ir.Parameter("x", Open, model is "convert" ? "f32" : model["convert_".Length..])), "y");
                break;
            case "convert_twice":
                int twice = ir.Parameter("x", Open);
                ir.Result(ir.Convert(twice), "y");
                ir.Result(ir.Convert(twice), "z");
                break;
            case "convert_and_relu":
                int behind = ir.Convert(ir.Parameter("x", Open));
                ir.Result(behind, "y");
                ir.Result(ir.Layer("ReLU", Open, [behind]), "z");
                break;
            case "convert_and_unsqueeze":
                int changed = ir.Convert(ir.Parameter("x", Open));
                ir.Result(changed, "y");
                ir.Result(ir.Layer("Unsqueeze", "?,1,?", [changed, ir.Numbers(1)]), "z");
                break;
            case "direct" or "direct_u8":
                ir.Result(ir.Parameter("x", Open, model is "direct" ? "f32" : "u8"), "x");
                break;
            case "static_convert":
                ir.Result(ir.Convert(ir.Parameter("x", "4,64")), "y");
                break;
            case "static_direct" or "large_static_direct":
                ir.Result(ir.Parameter("x", model is "static_direct" ? "4,64" : "64,128"), "x");
                break;
            case "large_static_convert":
                ir.Result(ir.Convert(ir.Parameter("x", "64,128")), "y");
                break;
            case "large_static_reshape":
                ir.Result(ir.Layer("Reshape", "128,64", [ir.Parameter("x", "64,128"), ir.Numbers(128, 64)], "special_zero=\"false\""), "y");
                break;
            case "large_static_reshape_and_relu":
                int shared = ir.Parameter("x", "64,128");
                ir.Result(ir.Layer("Reshape", "8192", [shared, ir.Numbers(8192)], "special_zero=\"false\""), "y");
                ir.Result(ir.Layer("Unsqueeze", "1,64,128", [ir.Layer("ReLU", "64,128", [shared]), ir.Numbers(0)]), "z");
                break;
            case "direct_and_relu":
                int direct = ir.Parameter("x", Open);
                ir.Result(direct, "x");
                ir.Result(ir.Layer("ReLU", Open, [direct]), "y");
                break;
            case "two_inputs":
                int first = ir.Parameter("a", Open);
                int second = ir.Parameter("b", Open);
                ir.Result(ir.Convert(second), "y");
                ir.Result(ir.Convert(first), "z");
                break;
            case "reshape":
                ir.Result(ir.Layer("Reshape", Open, [ir.Parameter("x", Open), ir.Numbers(0, -1)], "special_zero=\"true\""), "y");
                break;
            case "squeeze":
                ir.Result(ir.Layer("Squeeze", "?,?", [ir.Parameter("x", "?,1,?"), ir.Numbers(1)]), "y");
                break;
            case "transpose":
                ir.Result(ir.Layer("Transpose", "1,?,?", [ir.Parameter("x", "?,1,?"), ir.Numbers(1, 0, 2)]), "y");
                break;
            case "identity.onnx":
                folder.Write("model.onnx", TinyOnnx.Of("Identity"));
                return;
            default:
                folder.Write("model.onnx", TinyOnnx.Of("Cast", "to", 1));
                return;
        }

        ir.WriteTo(folder.Path);
    }
}
