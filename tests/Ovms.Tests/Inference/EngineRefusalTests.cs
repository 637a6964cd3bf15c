using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Tests.Inference;

public sealed class EngineRefusalTests
{
    private const string ShapeText =
        """
        Exception from src/inference/src/cpp/infer_request.cpp:246:
        Exception from src/plugins/intel_cpu/src/node.cpp:794:
        [CPU] MaxPool node with name 'MaxPool@0' Check 'cmp::le(kernel, dim.get_length())' failed at src/core/shape_inference/include/pooling_shape_inference_util.hpp:149:
        Kernel after dilation has size (dim: 2) larger than the data shape after padding (dim: 1) at axis 0.
        """;

    [Test]
    public async Task ShapesThatADynamicModelCannotTake_AreTheCallersFault()
    {
        Outcome outcome = EngineRefusal.Of(SignatureOf(new PartialShape(Dimension.Of(1), Dimension.Dynamic)), Message(), new EngineFault(OvStatus.GeneralError, ShapeText, ComputesOthers: false));
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.InvalidShape);
        await Assert.That(outcome.Text).Contains("x (1,7)");
        await Assert.That(outcome.Text).Contains("Kernel after dilation");
    }

    [Test]
    public async Task TheSameOfAStaticModel_IsOurs()
    {
        Outcome outcome = EngineRefusal.Of(SignatureOf(PartialShape.Of(1, 7)), Message(), new EngineFault(OvStatus.GeneralError, ShapeText, ComputesOthers: false));
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.InternalInferenceError);
    }

    [Test]
    public async Task AnotherFailureOfADynamicModel_IsOurs()
    {
        Outcome outcome = EngineRefusal.Of(SignatureOf(new PartialShape(Dimension.Of(1), Dimension.Dynamic)), Message(), new EngineFault(OvStatus.GeneralError, "could not create a memory object", ComputesOthers: false));
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.InternalInferenceError);
        await Assert.That(outcome.Text).Contains("could not create a memory object");
    }

    [Test]
    public async Task FailureWithTheseShapesOnly_IsTheCallersFault()
    {
        Outcome outcome = EngineRefusal.Of(SignatureOf(new PartialShape(Dimension.Of(1), Dimension.Dynamic)), Message(), new EngineFault(OvStatus.GeneralError, "some new text", ComputesOthers: true));
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.InvalidShape);
        outcome = EngineRefusal.Of(SignatureOf(PartialShape.Of(1, 7)), Message(), new EngineFault(OvStatus.GeneralError, "some new text", ComputesOthers: true));
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.InternalInferenceError);
    }

    private static Signature SignatureOf(PartialShape shape) => new([new TensorInfo(0, "x", ElementType.F32, shape, "N...")], []);

    private static InferMessage Message()
    {
        InferMessage message = new() { ModelName = "m" };
        message.Inputs.Add(new InputTensor { Name = "x", Datatype = "FP32", Shape = [1, 7] });
        return message;
    }
}
