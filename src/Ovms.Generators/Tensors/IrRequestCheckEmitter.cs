using Ovms.Generators.Infrastructure;
using static Ovms.Generators.Tensors.IrPortExtensions;

namespace Ovms.Generators.Tensors;

/// <summary>Emits the unrolled check of any request message, for proxies and tests; every number in it is a constant.</summary>
internal static class IrRequestCheckEmitter
{
    public static void Emit(CodeWriter writer, IrSignature signature, string proto)
    {
        string count = Number(signature.Inputs.Count);
        writer.Line("/// <summary>Describes what does not fit the model in a request with raw contents; null if all fits.</summary>");
        using (writer.Block($"public static string? Check({proto}.ModelInferRequest request)"))
        {
            using (writer.Block($"if (request.Inputs.Count != {count})"))
            {
                writer.Line($"return $\"The model takes {count} inputs; Actual: {{request.Inputs.Count}}.\";");
            }

            writer.Line();
            using (writer.Block($"if (request.RawInputContents.Count != {count})"))
            {
                writer.Line($"return $\"The model takes {count} raw contents; Actual: {{request.RawInputContents.Count}}.\";");
            }

            writer.Line();
            for (int i = 0; i < signature.Inputs.Count; i++)
            {
                Input(writer, signature.Inputs[i], Number(i), proto);
            }

            writer.Line("return null;");
        }
    }

    private static void Input(CodeWriter writer, IrPort port, string i, string proto)
    {
        writer.Line($"int at{i} = TensorBytes.Find(request, {CodeWriter.Literal(port.Name)});");
        using (writer.Block($"if (at{i} < 0)"))
        {
            writer.Line($"return {CodeWriter.Literal($"Input {port.Name} is missing.")};");
        }

        writer.Line();
        writer.Line($"{proto}.ModelInferRequest.Types.InferInputTensor input{i} = request.Inputs[at{i}];");
        using (writer.Block($"if (input{i}.Datatype != {CodeWriter.Literal(port.Type.Datatype)})"))
        {
            writer.Line($"return $\"Input {port.Quoted()} is {port.Type.Datatype}; Actual: {{input{i}.Datatype}}.\";");
        }

        writer.Line();
        if (port.Misfit($"input{i}.Shape", "Count") is string misfit)
        {
            using (writer.Block($"if ({misfit})"))
            {
                string shown = $"({{string.Join(\",\", input{i}.Shape)}})";
                writer.Line($"return $\"Input {port.Quoted()} takes the shape {port.Shape}; Actual: {shown}.\";");
            }

            writer.Line();
        }

        if (!port.IsText())
        {
            string size = port.Shape.IsStatic
                ? Number(port.ByteSize())
                : $"TensorBytes.Packed(TensorBytes.Count(input{i}.Shape), {Number(port.Type.Bits)}, {Number(port.Type.UnitBits)})";
            string length = $"request.RawInputContents[at{i}].Length";
            using (writer.Block($"if ({length} != {size})"))
            {
                writer.Line($"return $\"Input {port.Quoted()} takes {{{size}}} bytes; Actual: {{{length}}}.\";");
            }

            writer.Line();
        }
    }
}
