using Ovms.Generators.Infrastructure;
using static Ovms.Generators.Tensors.IrPortExtensions;

namespace Ovms.Generators.Tensors;

/// <summary>Emits the class of a model's typed outputs and the method that reads them from an answer.</summary>
internal static class IrOutputsEmitter
{
    public static void Emit(CodeWriter writer, IrSignature signature, string proto)
    {
        writer.Line("/// <summary>The model's outputs.</summary>");
        using (writer.Block("public sealed class Outputs"))
        {
            foreach (IrPort port in signature.Outputs)
            {
                writer.Line($"/// <summary>Output {Xml(port.Name)}: {Xml(port.Describe())}.</summary>");
                writer.Line($"public required {port.Item()}[] {port.Member} {{ get; init; }}");
                writer.Line();
                if (!port.Shape.IsStatic)
                {
                    writer.Line($"/// <summary>The shape of <see cref=\"{port.Member}\"/>.</summary>");
                    writer.Line($"public required long[] {MemberNames.ShapeOf(port.Member)} {{ get; init; }}");
                    writer.Line();
                }
            }

            writer.Line("/// <summary>Reads an answer with all outputs in raw form.</summary>");
            writer.Line("/// <exception cref=\"global::System.FormatException\">The answer is not from this model.</exception>");
            using (writer.Block($"public static Outputs From({proto}.ModelInferResponse response)"))
            {
                for (int i = 0; i < signature.Outputs.Count; i++)
                {
                    Read(writer, signature.Outputs[i], Number(i));
                }

                using (writer.Block("return new Outputs", ";"))
                {
                    for (int i = 0; i < signature.Outputs.Count; i++)
                    {
                        Assign(writer, signature.Outputs[i], Number(i));
                    }
                }
            }
        }
    }

    private static void Read(CodeWriter writer, IrPort port, string i)
    {
        writer.Line($"int at{i} = TensorBytes.Find(response, {CodeWriter.Literal(port.Name)}, {CodeWriter.Literal(port.Type.Datatype)});");
        writer.Line($"global::Google.Protobuf.Collections.RepeatedField<long> shape{i} = response.Outputs[at{i}].Shape;");
        if (port.Misfit($"shape{i}", "Count") is string misfit)
        {
            using (writer.Block($"if ({misfit})"))
            {
                string shown = $"({{string.Join(\",\", shape{i})}})";
                string text = $"Output {port.Quoted()} of the answer has the shape {shown}; {port.Shape} is expected. "
                    + "Is another model served?";
                writer.Line($"throw new global::System.FormatException($\"{text}\");");
            }
        }

        writer.Line();
    }

    private static void Assign(CodeWriter writer, IrPort port, string i)
    {
        string items = port.Shape.IsStatic ? Number(port.Items()) : port.ItemsOf($"TensorBytes.Count(shape{i})");
        string read = $"TensorBytes.Read<{(port.Item() == "bool" ? "byte" : port.Item())}>(response, at{i}, {items})";
        string value = port.IsText() ? $"TensorBytes.ReadStrings(response, at{i}, {items})"
            : port.Item() == "bool" ? $"global::System.Array.ConvertAll({read}, static value => value != 0)"
            : read;
        writer.Line($"{port.Member} = {value},");
        if (!port.Shape.IsStatic)
        {
            writer.Line($"{MemberNames.ShapeOf(port.Member)} = [.. shape{i}],");
        }
    }
}
