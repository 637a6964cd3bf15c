using Ovms.Generators.Infrastructure;
using Ovms.Tensors;
using static Ovms.Generators.Tensors.IrPortExtensions;

namespace Ovms.Generators.Tensors;

/// <summary>Writes the class of a model's typed inputs: one property a tensor, their check, their request.</summary>
internal static class IrInputsEmitter
{
    public static void Emit(CodeWriter writer, IrSignature signature, string proto)
    {
        string qualified = "global::" + (signature.Namespace is null ? "" : signature.Namespace + ".") + signature.ClassName;
        writer.Line("/// <summary>What the model takes.</summary>");
        using (writer.Block("public sealed class Inputs"))
        {
            foreach (IrPort port in signature.Inputs)
            {
                Property(writer, port);
            }

            Check(writer, signature);
            writer.Line();
            Request(writer, signature, proto, qualified);
        }
    }

    private static void Property(CodeWriter writer, IrPort port)
    {
        writer.Line($"/// <summary>Input {Xml(port.Name)}: {Xml(port.Describe())}{NoteOf(port)}.</summary>");
        string type = port.IsText() ? "global::System.Collections.Generic.IReadOnlyList<string>" : $"global::System.ReadOnlyMemory<{port.Item()}>";
        writer.Line($"public required {type} {port.Member} {{ get; init; }}");
        writer.Line();
        if (!port.Shape.IsStatic)
        {
            string optional = IsInferable(port) ? " Where it is not given, the number of values tells it." : "";
            writer.Line($"/// <summary>The shape of <see cref=\"{port.Member}\"/>.{optional}</summary>");
            writer.Line($"public {(IsInferable(port) ? "" : "required ")}long[]{(IsInferable(port) ? "?" : "")} {MemberNames.ShapeOf(port.Member)} {{ get; init; }}");
            writer.Line();
        }
    }

    private static void Check(CodeWriter writer, IrSignature signature)
    {
        writer.Line("/// <summary>What does not fit the model, as a sentence; null where all does.</summary>");
        using (writer.Block("public string? Check()"))
        {
            for (int i = 0; i < signature.Inputs.Count; i++)
            {
                IrPort port = signature.Inputs[i];
                string length = port.Member + (port.IsText() ? ".Count" : ".Length");
                string came = $"{{{length}}} came.\";";
                if (port.Shape.IsStatic)
                {
                    Refuse(writer, $"{length} != {Number(port.Items())}", $"$\"Input {port.Quoted()} takes {Number(port.Items())} {UnitOf(port)}; {came}");
                    continue;
                }

                string shape = $"shape{Number(i)}";
                writer.Line($"long[]? {shape} = {ShapeOf(port)};");
                Refuse(writer, $"{shape} is null", $"$\"Input {port.Quoted()} takes the shape {port.Shape}, into which {{{length}}} {UnitOf(port)} do not fit.\";");
                if (port.Misfit(shape, "Length") is string misfit)
                {
                    Refuse(writer, misfit, $"$\"Input {port.Quoted()} takes the shape {port.Shape}; ({{string.Join(\",\", {shape})}}) came.\";");
                }

                string items = port.ItemsOf($"TensorBytes.Count({shape})");
                Refuse(writer, $"{length} != {items}", $"$\"Input {port.Quoted()} of shape ({{string.Join(\",\", {shape})}}) takes {{{items}}} {UnitOf(port)}; {came}");
            }

            writer.Line("return null;");
        }
    }

    private static void Request(CodeWriter writer, IrSignature signature, string proto, string qualified)
    {
        writer.Line("/// <summary>The message that carries the inputs.</summary>");
        writer.Line("/// <exception cref=\"global::System.ArgumentException\">They do not fit the model.</exception>");
        using (writer.Block($"public {proto}.ModelInferRequest ToRequest(string modelName = {qualified}.ModelName, string modelVersion = \"\")"))
        {
            using (writer.Block("if (Check() is string fault)"))
            {
                writer.Line("throw new global::System.ArgumentException(fault);");
            }

            writer.Line();
            writer.Line($"{proto}.ModelInferRequest request = new() {{ ModelName = modelName, ModelVersion = modelVersion }};");
            foreach (IrPort port in signature.Inputs)
            {
                string shape = !port.Shape.IsStatic ? $"{{ {ShapeOf(port)}! }}" : port.Shape.Dimensions.Count == 0 ? "{ }" : $"{{ {port.Dimensions()} }}";
                writer.Line($"request.Inputs.Add(new {proto}.ModelInferRequest.Types.InferInputTensor {{ Name = {CodeWriter.Literal(port.Name)}, Datatype = {CodeWriter.Literal(port.Type.Datatype)}, Shape = {shape} }});");
                writer.Line($"request.RawInputContents.Add(TensorBytes.Of({port.Member}{(port.IsText() ? "" : ".Span")}));");
            }

            writer.Line("return request;");
        }
    }

    private static void Refuse(CodeWriter writer, string condition, string sentence)
    {
        using (writer.Block($"if ({condition})"))
        {
            writer.Line("return " + sentence);
        }

        writer.Line();
    }

    /// <summary>The shape as given, or as the number of values tells it.</summary>
    private static string ShapeOf(IrPort port) => IsInferable(port)
        ? $"({MemberNames.ShapeOf(port.Member)} ?? TensorBytes.Infer([{port.Dimensions()}], {port.Member}{(port.IsText() ? ".Count" : ".Length")}))"
        : MemberNames.ShapeOf(port.Member);

    /// <summary>One open dimension follows from the number of values, if each value is an item.</summary>
    private static bool IsInferable(IrPort port) =>
        port.Shape.HasRank && port.Shape.Dimensions.Count(static dimension => !dimension.IsStatic) == 1 && port.Type.Form != ElementForm.Packed;

    private static string UnitOf(IrPort port) => port.Type.Form == ElementForm.Packed ? "bytes" : "values";

    private static string NoteOf(IrPort port) =>
        port.Type.Form == ElementForm.Packed ? ", packed" : port.Item() == "ushort" && port.Type.Datatype != "UINT16" ? ", the bits of each value" : "";
}
