using System.Buffers.Binary;
using Ovms.Inference.Checks;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Inference.Sequences;

/// <summary>
/// Determines the sequence and step of a call to a stateful model, from the request's parameters or from the original's two tensors.
/// </summary>
/// <remarks>
/// The tensors are removed from the inputs before these are checked. If the model itself has an input of that name, the tensor is the
/// model's input.
/// </remarks>
internal static class SequenceInputs
{
    /// <summary>The tensor with the sequence's id, in requests and in answers.</summary>
    public static TensorInfo Id { get; } = new(-1, "sequence_id", ElementType.U64, PartialShape.Of(1), LayoutText.Scalar);

    /// <summary>The tensor that starts or ends a sequence.</summary>
    public static TensorInfo Control { get; } = new(-1, "sequence_control_input", ElementType.U32, PartialShape.Of(1), LayoutText.Scalar);

    /// <summary>The description of one of the two tensors; null for any other name.</summary>
    public static TensorInfo? Find(string name) => name == Id.Name ? Id : name == Control.Name ? Control : null;

    /// <summary>Sets the message's sequence; does nothing if the servable has no sequences.</summary>
    /// <returns>Ok, or the fault in the caller's sequence parameters or tensors.</returns>
    public static Outcome Take(Servable servable, InferMessage message)
    {
        // In a method of its own, because its lambda's closure would otherwise be allocated in every call.
        return servable.Sequences is null ? Outcome.Ok : TakeStep(servable, message);
    }

    private static Outcome TakeStep(Servable servable, InferMessage message)
    {
        Outcome places = RequestValidator.CheckContentPlaces(message);
        if (!places.IsOk)
        {
            return places;
        }

        using InputTensor? id = TakeOut(servable.Signature, message, Id);
        using InputTensor? control = TakeOut(servable.Signature, message, Control);
        message.Outputs.RemoveAll(output => output.Name == Id.Name && servable.Signature.FindOutput(Id.Name) is null);
        if (message.SequenceParameters is not { } parameters)
        {
            return ReadTensors(message, id, control);
        }

        message.Sequence = parameters.Step;
        return id is null && control is null
            ? parameters.Fault
            : Outcome.Fail(
                StatusCode.InvalidMessageStructure,
                $"The sequence is told by the parameters and by the input {(id ?? control)!.Name}; Expected: one of the two ways");
    }

    private static InputTensor? TakeOut(Signature signature, InferMessage message, TensorInfo info)
    {
        int index = signature.FindInput(info.Name) is null ? message.Inputs.FindIndex(input => input.Name == info.Name) : -1;
        if (index < 0)
        {
            return null;
        }

        InputTensor taken = message.Inputs[index];
        message.Inputs.RemoveAt(index);
        message.RawContentCount -= message.RawContentCount > 0 && taken.Shared is null ? 1 : 0;
        return taken;
    }

    private static Outcome ReadTensors(InferMessage message, InputTensor? id, InputTensor? control)
    {
        Outcome checkedId = id is null ? Outcome.Ok : Check(Id, id, message.Origin, StatusCode.SequenceIdBadType);
        Outcome checkedControl = control is null
            ? Outcome.Ok
            : Check(Control, control, message.Origin, StatusCode.SequenceControlInputBadType);
        if (!checkedId.IsOk || !checkedControl.IsOk)
        {
            return checkedId.IsOk ? checkedControl : checkedId;
        }

        ulong number = id is null ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(id.Content!.Bytes);
        uint wish = control is null ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(control.Content!.Bytes);
        message.Sequence = new SequenceStep(new SequenceId(number), IsStart: wish == 1, IsEnd: wish == 2);
        return wish <= 2
            ? Outcome.Ok
            : Outcome.Fail(StatusCode.InvalidSequenceControlInput, $"Expected: 0, 1 (start) or 2 (end); Actual: {wish}");
    }

    private static Outcome Check(TensorInfo info, InputTensor input, CallOrigin origin, StatusCode badType)
    {
        if (input.Datatype != info.Marshaler.Datatype)
        {
            return Outcome.Fail(
                badType,
                $"Expected: {info.Marshaler.Datatype}; Actual: {Shown.Bounded(input.Datatype)}; input name: {info.Name}");
        }

        return input.Shape.Length == 0
            ? Outcome.Fail(StatusCode.SpecialInputNoTensorShape, $"Expected: {info.Shape}; Actual: (); input name: {info.Name}")
            : RequestValidator.CheckInput(info, input, origin);
    }
}
