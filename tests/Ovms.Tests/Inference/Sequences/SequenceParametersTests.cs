using Ovms.Inference.Messages;
using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Tests.Inference.Sequences;

public sealed class SequenceParametersTests
{
    [Test]
    public async Task NothingSet_IsAStepWithoutASequence()
    {
        SequenceParameters parameters = new();
        await Assert.That(parameters.Step).IsEqualTo(default(SequenceStep));
        await Assert.That(parameters.Fault.IsOk).IsTrue();
    }

    [Test]
    public async Task Ids_AreNumbersOrTexts()
    {
        await Assert.That(IdOf(ParameterValue.Of(ulong.MaxValue))).IsEqualTo(new SequenceId(ulong.MaxValue));
        await Assert.That(IdOf(ParameterValue.Of(7L))).IsEqualTo(new SequenceId(7));
        await Assert.That(IdOf(ParameterValue.Of("7"))).IsEqualTo(new SequenceId(0, "7"));
        await Assert.That(IdOf(ParameterValue.Of(0L)).IsNone).IsTrue();
        await Assert.That(IdOf(ParameterValue.Of("")).IsNone).IsTrue();
        await Assert.That(IdOf(ParameterValue.Of(new string('x', 256))).Text!.Length).IsEqualTo(256);
    }

    [Test]
    public async Task Flags_AreTakenAsBooleansNumbersAndTexts()
    {
        foreach (ParameterValue yes in (ParameterValue[])[ParameterValue.Of(true), ParameterValue.Of(1L), ParameterValue.Of(1UL), ParameterValue.Of("1"), ParameterValue.Of("true"), ParameterValue.Of("True")])
        {
            await Assert.That(StepOf("sequence_start", yes)).IsEqualTo(new SequenceStep(default, IsStart: true, IsEnd: false));
            await Assert.That(StepOf("sequence_end", yes)).IsEqualTo(new SequenceStep(default, IsStart: false, IsEnd: true));
        }

        foreach (ParameterValue no in (ParameterValue[])[ParameterValue.Of(false), ParameterValue.Of(0L), ParameterValue.Of("0"), ParameterValue.Of("FALSE")])
        {
            await Assert.That(StepOf("sequence_start", no)).IsEqualTo(default(SequenceStep));
        }
    }

    [Test]
    public async Task Together_TheyMakeAStep()
    {
        SequenceParameters parameters = new();
        parameters.Set("sequence_end", ParameterValue.Of(true));
        parameters.Set("sequence_id", ParameterValue.Of("a"));
        parameters.Set("sequence_start", ParameterValue.Of(true));
        await Assert.That(parameters.Step).IsEqualTo(new SequenceStep(new SequenceId(0, "a"), IsStart: true, IsEnd: true));
    }

    [Test]
    public async Task ValuesThatCannotBeMeant_AreNamedWithTheParameter()
    {
        await Assert.That(FaultOf("sequence_id", ParameterValue.Of(-1L))).IsEqualTo("Could not parse request parameters - parameters.sequence_id; Expected: a whole number that is not negative, or a string; Actual: -1");
        await Assert.That(FaultOf("sequence_id", ParameterValue.Of(true))).EndsWith("Actual: true");
        await Assert.That(FaultOf("sequence_id", ParameterValue.Unusable("1.5"))).EndsWith("Actual: 1.5");
        await Assert.That(FaultOf("sequence_id", default)).EndsWith("Actual: nothing");
        await Assert.That(FaultOf("sequence_id", ParameterValue.Of(new string('x', 257)))).Contains("Expected: a string of at most 256 characters; Actual: \"xxx");
        await Assert.That(FaultOf("sequence_start", ParameterValue.Of(2L))).IsEqualTo("Could not parse request parameters - parameters.sequence_start; Expected: true, false, 0 or 1, also as a string; Actual: 2");
        await Assert.That(FaultOf("sequence_end", ParameterValue.Of("yes"))).EndsWith("Actual: \"yes\"");
    }

    [Test]
    public async Task FirstFault_IsKept()
    {
        SequenceParameters parameters = new();
        parameters.Set("sequence_start", ParameterValue.Of("yes"));
        parameters.Set("sequence_id", ParameterValue.Of(true));
        parameters.Set("sequence_end", ParameterValue.Of(true));
        await Assert.That(parameters.Fault.Code).IsEqualTo(StatusCode.RestCouldNotParseParameters);
        await Assert.That(parameters.Fault.Text).Contains("sequence_start");
    }

    private static SequenceId IdOf(ParameterValue value) => StepOf("sequence_id", value).Id;

    private static SequenceStep StepOf(string name, ParameterValue value)
    {
        SequenceParameters parameters = new();
        parameters.Set(name, value);
        return parameters.Fault.IsOk ? parameters.Step : throw new InvalidOperationException(parameters.Fault.Text);
    }

    private static string FaultOf(string name, ParameterValue value)
    {
        SequenceParameters parameters = new();
        parameters.Set(name, value);
        return parameters.Fault.Text;
    }
}
