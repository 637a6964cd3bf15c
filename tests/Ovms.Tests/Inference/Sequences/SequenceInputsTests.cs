using Ovms.Inference.Messages;
using Ovms.Inference.Sequences;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Serving;
using Ovms.Tests.Serving.Sequences;

namespace Ovms.Tests.Inference.Sequences;

public sealed class SequenceInputsTests
{
    private static readonly Lazy<Servable> s_stateful = new(static () => Accumulator.Serve());
    private static readonly Lazy<Servable> s_other = new(static () => DummyServable.Make());

    [Test]
    [Arguments(0u, false, false)]
    [Arguments(1u, true, false)]
    [Arguments(2u, false, true)]
    public async Task Tensors_AreTakenOutOfTheInputs(uint control, bool start, bool end)
    {
        using InferMessage message = Requests.Message(Control(control), X(), Id(9));
        await Assert.That(SequenceInputs.Take(s_stateful.Value, message).IsOk).IsTrue();
        await Assert.That(message.Sequence).IsEqualTo(new SequenceStep(new SequenceId(9), start, end));
        await Assert.That(message.Inputs.Single().Name).IsEqualTo("x");
    }

    [Test]
    public async Task TypedValues_AreReadToo()
    {
        InputTensor id = Id(9);
        id.Source = ContentSource.Values;
        id.ValueCount = 1;
        using InferMessage message = Requests.Message(X(), id);
        await Assert.That(SequenceInputs.Take(s_stateful.Value, message).IsOk).IsTrue();
        await Assert.That(message.Sequence).IsEqualTo(new SequenceStep(new SequenceId(9), false, false));
    }

    [Test]
    public async Task CallThatSaysNothing_HasNoSequence()
    {
        using InferMessage message = Requests.Message(X());
        await Assert.That(SequenceInputs.Take(s_stateful.Value, message).IsOk).IsTrue();
        await Assert.That(message.Sequence).IsEqualTo(default(SequenceStep));
    }

    [Test]
    public async Task RawContents_AreCountedWithTheTensorsTheyBelongTo()
    {
        using InferMessage message = Requests.Message(X(), Id(9), Control(1));
        message.RawContentCount = 3;
        await Assert.That(SequenceInputs.Take(s_stateful.Value, message).IsOk).IsTrue();
        await Assert.That(message.RawContentCount).IsEqualTo(1);

        using InferMessage odd = Requests.Message(X(), Id(9));
        odd.RawContentCount = 1;
        await Assert.That(SequenceInputs.Take(s_stateful.Value, odd).Text).EndsWith("Size of raw_input_contents: 1 is different than number of inputs: 2");
    }

    [Test]
    public async Task ModelWithoutSequences_GetsAllItsInputs()
    {
        using InferMessage message = Requests.Message(X(), Id(9));
        message.SequenceParameters = new SequenceParameters();
        message.SequenceParameters.Set("sequence_id", ParameterValue.Of(true));
        await Assert.That(SequenceInputs.Take(s_other.Value, message).IsOk).IsTrue();
        await Assert.That(message.Inputs.Count).IsEqualTo(2);
        await Assert.That(message.Sequence).IsEqualTo(default(SequenceStep));
    }

    [Test]
    public async Task WrongTensors_AreRefused()
    {
        await Assert.That(Refused(Requests.Raw("sequence_id", "INT64", [1], 8))).IsEqualTo("Could not find sequence id in expected tensor proto field uint64_val - Expected: UINT64; Actual: INT64; input name: sequence_id");
        await Assert.That(Refused(Requests.Raw("sequence_control_input", "UINT64", [1], 8))).IsEqualTo("Could not find sequence control input in expected tensor proto field uint32_val - Expected: UINT32; Actual: UINT64; input name: sequence_control_input");
        await Assert.That(Refused(Requests.Raw("sequence_id", "UINT64", [], 8))).IsEqualTo("Special input proto does not contain tensor shape information - Expected: (1); Actual: (); input name: sequence_id");
        await Assert.That(Refused(Requests.Raw("sequence_id", "UINT64", [1, 1], 8))).StartsWith("Invalid number of shape dimensions - Expected: (1); Actual: (1,1)");
        await Assert.That(Refused(Requests.Raw("sequence_id", "UINT64", [2], 16))).StartsWith("Invalid input shape - Expected: (1); Actual: (2)");
        await Assert.That(Refused(Requests.Raw("sequence_id", "UINT64", [1], 4))).StartsWith("Invalid content size of tensor proto - Expected: 8 bytes; Actual: 4 bytes");
        await Assert.That(Refused(new InputTensor { Name = "sequence_id", Datatype = "UINT64", Shape = [1] })).Contains("Expected: 1 values; Actual: 0 values");
        await Assert.That(Refused(Control(3))).IsEqualTo("Unexpected value of sequence control input - Expected: 0, 1 (start) or 2 (end); Actual: 3");
    }

    [Test]
    public async Task Parameters_TellTheSequence()
    {
        using InferMessage message = WithParameters(ParameterValue.Of("s"), X());
        await Assert.That(SequenceInputs.Take(s_stateful.Value, message).IsOk).IsTrue();
        await Assert.That(message.Sequence).IsEqualTo(new SequenceStep(new SequenceId(0, "s"), false, false));
    }

    [Test]
    public async Task WrongParameters_AreRefusedWhereTheyMatter()
    {
        using InferMessage message = WithParameters(ParameterValue.Of(false), X());
        await Assert.That(SequenceInputs.Take(s_stateful.Value, message).Text).StartsWith("Could not parse request parameters - parameters.sequence_id;");
    }

    [Test]
    public async Task BothWaysAtOnce_AreRefused()
    {
        using InferMessage message = WithParameters(ParameterValue.Of(1L), X(), Control(1));
        Outcome taken = SequenceInputs.Take(s_stateful.Value, message);
        await Assert.That(taken.Text).IsEqualTo("Invalid message structure - The sequence is told by the parameters and by the input sequence_control_input; Expected: one of the two ways");
    }

    [Test]
    public async Task OutputThatCarriesTheId_MayBeAskedFor()
    {
        using InferMessage message = Requests.Message(X(), Id(9));
        message.Outputs.AddRange([new RequestedOutput("sum"), new RequestedOutput("sequence_id")]);
        await Assert.That(SequenceInputs.Take(s_stateful.Value, message).IsOk).IsTrue();
        await Assert.That(message.Outputs.Single().Name).IsEqualTo("sum");
    }

    private static InputTensor X() => Requests.Raw("x", "FP32", [1, 1], 4);

    private static InputTensor Id(ulong id) => Requests.Raw("sequence_id", "UINT64", [1], BitConverter.GetBytes(id));

    private static InputTensor Control(uint control) => Requests.Raw("sequence_control_input", "UINT32", [1], BitConverter.GetBytes(control));

    private static InferMessage WithParameters(ParameterValue id, params InputTensor[] inputs)
    {
        InferMessage message = Requests.Message(inputs);
        message.SequenceParameters = new SequenceParameters();
        message.SequenceParameters.Set("sequence_id", id);
        return message;
    }

    private static string Refused(InputTensor input)
    {
        using InferMessage message = Requests.Message(X(), input);
        return SequenceInputs.Take(s_stateful.Value, message).Text;
    }
}
