using Ovms.Inference.Bytes;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference.Checks;

/// <summary>Decides whether a request fits a model. A request that fits costs no allocation.</summary>
/// <remarks>
/// The order of the checks and the texts are the original's, because clients search for them. Details that the original omits follow
/// after a semicolon: the name of the unexpected or duplicate input.
/// </remarks>
internal static class RequestValidator
{
    /// <summary>Returns the first fault in the request.</summary>
    public static Outcome Check(Signature signature, InferMessage message)
    {
        if (message.Inputs.Count != signature.Inputs.Length)
        {
            return RequestFault.InputCount(signature, message);
        }

        Outcome contents = CheckContentPlaces(message);
        if (!contents.IsOk)
        {
            return contents;
        }

        foreach (TensorInfo info in signature.InputsInNameOrder)
        {
            InputTensor? input = Find(message.Inputs, info.Name);
            Outcome checkedInput = input is null
                ? RequestFault.MissingInput(signature, message, info)
                : CheckInput(info, input, message.Origin);
            if (!checkedInput.IsOk)
            {
                return checkedInput;
            }
        }

        // The counts are equal and each of the model's inputs was found: none is unexpected, none is a duplicate.
        return CheckOutputs(signature, message);
    }

    /// <summary>Whether all contents were sent in one place: either in the inputs or as raw contents.</summary>
    internal static Outcome CheckContentPlaces(InferMessage message)
    {
        if (message.RawContentCount <= 0)
        {
            return Outcome.Ok;
        }

        if (message.RawContentCount != message.SentInputs)
        {
            return RequestFault.RawContentCount(message);
        }

        foreach (InputTensor input in message.Inputs)
        {
            if (input.HasTypedBesideRaw)
            {
                return RequestFault.TypedBesideRaw(input);
            }
        }

        return Outcome.Ok;
    }

    /// <summary>Returns the first fault in one input.</summary>
    internal static Outcome CheckInput(TensorInfo info, InputTensor input, CallOrigin origin)
    {
        foreach (long dimension in input.Shape)
        {
            if (dimension < 0)
            {
                return RequestFault.NegativeDimension(input);
            }
        }

        BytesMeaning meaning = BytesInput.MeaningOf(info, input);
        if (meaning != BytesMeaning.None)
        {
            return BytesInputValidator.Check(info, input, meaning);
        }

        if (info.ElementType == ElementType.Dynamic && TensorMarshaler.ForDatatype(input.Datatype) is { } any)
        {
            return ContentValidator.Check(any, input);
        }

        if (input.Datatype != info.Marshaler.Datatype)
        {
            return RequestFault.Precision(info, input, origin);
        }

        PartialShape shape = info.Shape;
        if (shape.HasRank)
        {
            if (input.Shape.Length != shape.Rank)
            {
                return RequestFault.Rank(info, input);
            }

            if (info.BatchAxis >= 0 && info.BatchAxis < shape.Rank && !shape[info.BatchAxis].Contains(input.Shape[info.BatchAxis]))
            {
                return RequestFault.BatchSize(info, input);
            }

            if (!shape.Contains(input.Shape))
            {
                return RequestFault.Shape(info, input);
            }
        }

        return ContentValidator.Check(info.Marshaler, input);
    }

    private static Outcome CheckOutputs(Signature signature, InferMessage message)
    {
        // If more outputs are requested than the model has, one of the first few is unknown or a duplicate. The rest may be millions and
        // is not checked.
        int checkedCount = Math.Min(message.Outputs.Count, signature.Outputs.Length + 1);
        for (int i = 0; i < checkedCount; i++)
        {
            string name = message.Outputs[i].Name;
            if (signature.FindOutput(name) is null)
            {
                return RequestFault.UnknownOutput(signature, name);
            }

            for (int earlier = 0; earlier < i; earlier++)
            {
                if (message.Outputs[earlier].Name == name)
                {
                    return RequestFault.DuplicateOutput(name);
                }
            }
        }

        return Outcome.Ok;
    }

    private static InputTensor? Find(List<InputTensor> inputs, string name)
    {
        foreach (InputTensor input in inputs)
        {
            if (input.Name == name)
            {
                return input;
            }
        }

        return null;
    }
}
