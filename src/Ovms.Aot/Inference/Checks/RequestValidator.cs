using Ovms.Inference.Bytes;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Inference.Checks;

/// <summary>
/// Decides whether a request fits a model. The order of the checks and the words are the original's, so that clients who look for
/// them find them; what the original leaves unsaid (which name was not expected, which came twice) follows after a semicolon.
/// A request that fits costs no allocation.
/// </summary>
internal static class RequestValidator
{
    /// <summary>The first thing that is wrong with the request.</summary>
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
            Outcome checkedInput = input is null ? RequestFault.MissingInput(signature, message, info) : CheckInput(info, input, message.Origin);
            if (!checkedInput.IsOk)
            {
                return checkedInput;
            }
        }

        // As many inputs as the model has, and each of the model's among them: none is unexpected, none comes twice.
        return CheckOutputs(signature, message);
    }

    /// <summary>Whether every input's content came in one place.</summary>
    internal static Outcome CheckContentPlaces(InferMessage message)
    {
        if (message.RawContentCount <= 0)
        {
            return Outcome.Ok;
        }

        if (message.RawContentCount != message.Inputs.Count)
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

    /// <summary>The first thing that is wrong with one input.</summary>
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

        return ContentValidator.Check(info, input);
    }

    private static Outcome CheckOutputs(Signature signature, InferMessage message)
    {
        // More wishes than the model has outputs hold an unknown or a repeated one among the first few: the rest, of which a caller
        // may send millions, need not be looked at.
        int looked = Math.Min(message.Outputs.Count, signature.Outputs.Length + 1);
        for (int i = 0; i < looked; i++)
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
