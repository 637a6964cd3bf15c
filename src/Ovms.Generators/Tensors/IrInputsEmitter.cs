using Ovms.Generators.Infrastructure;
using Ovms.Tensors;
using static Ovms.Generators.Tensors.IrPortExtensions;

namespace Ovms.Generators.Tensors;

/// <summary>Emits the class of a model's typed inputs: a property for each tensor, the check, the request.</summary>
internal static class IrInputsEmitter
{
    public static void Emit(CodeWriter writer, IrSignature signature, string proto)
    {
        string qualified = "global::" + (signature.Namespace is null ? "" : signature.Namespace + ".") + signature.ClassName;
        writer.Line("/// <summary>The model's inputs.</summary>");
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
        string type = port.IsText()
            ? "global::System.Collections.Generic.IReadOnlyList<string>"
            : $"global::System.ReadOnlyMemory<{port.Item()}>";
        writer.Line($"public required {type} {port.Member} {{ get; init; }}");
        writer.Line();
        if (!port.Shape.IsStatic)
        {
            bool isOptional = IsInferable(port);
            string optional = isOptional ? " If null, it is derived from the number of values." : "";
            writer.Line($"/// <summary>The shape of <see cref=\"{port.Member}\"/>.{optional}</summary>");
            string shapeType = isOptional ? "long[]?" : "required long[]";
            writer.Line($"public {shapeType} {MemberNames.ShapeOf(port.Member)} {{ get; init; }}");
            writer.Line();
        }
    }

    private static void Check(CodeWriter writer, IrSignature signature)
    {
        writer.Line("/// <summary>Describes what does not fit the model; null if everything fits.</summary>");
        using (writer.Block("public string? Check()"))
        {
            for (int i = 0; i < signature.Inputs.Count; i++)
            {
                IrPort port = signature.Inputs[i];
                string length = port.Member + (port.IsText() ? ".Count" : ".Length");
                string came = $"Actual: {{{length}}}.\";";
                if (port.Shape.IsStatic)
                {
                    string taken = $"{Number(port.Items())} {UnitOf(port)}";
                    Refuse(writer, $"{length} != {Number(port.Items())}", $"$\"Input {port.Quoted()} takes {taken}; {came}");
                    continue;
                }

                string shape = $"shape{Number(i)}";
                string shown = $"({{string.Join(\",\", {shape})}})";
                string unit = UnitOf(port);
                string misses = $"takes the shape {port.Shape}, into which {{{length}}} {unit} do not fit.";
                writer.Line($"long[]? {shape} = {ShapeOf(port)};");
                Refuse(writer, $"{shape} is null", $"$\"Input {port.Quoted()} {misses}\";");
                if (port.Misfit(shape, "Length") is string misfit)
                {
                    Refuse(writer, misfit, $"$\"Input {port.Quoted()} takes the shape {port.Shape}; Actual: {shown}.\";");
                }

                string items = port.ItemsOf($"TensorBytes.Count({shape})");
                string counts = $"of shape {shown} takes {{{items}}} {unit}";
                Refuse(writer, $"{length} != {items}", $"$\"Input {port.Quoted()} {counts}; {came}");
            }

            writer.Line("return null;");
        }
    }

    private static void Request(CodeWriter writer, IrSignature signature, string proto, string qualified)
    {
        writer.Line("/// <summary>Creates the request message with the inputs.</summary>");
        writer.Line("/// <exception cref=\"global::System.ArgumentException\">They do not fit the model.</exception>");
        string parameters = $"string modelName = {qualified}.ModelName, string modelVersion = \"\"";
        using (writer.Block($"public {proto}.ModelInferRequest ToRequest({parameters})"))
        {
            using (writer.Block("if (Check() is string fault)"))
            {
                writer.Line("throw new global::System.ArgumentException(fault);");
            }

            writer.Line();
            writer.Line($"{proto}.ModelInferRequest request = new() {{ ModelName = modelName, ModelVersion = modelVersion }};");
            foreach (IrPort port in signature.Inputs)
            {
                string shape = !port.Shape.IsStatic ? $"{{ {ShapeOf(port)}! }}"
                    : port.Shape.Dimensions.Count == 0 ? "{ }"
                    : $"{{ {port.Dimensions()} }}";
                string names = $"Name = {CodeWriter.Literal(port.Name)}, Datatype = {CodeWriter.Literal(port.Type.Datatype)}";
                string input = $"new {proto}.ModelInferRequest.Types.InferInputTensor {{ {names}, Shape = {shape} }}";
                writer.Line($"request.Inputs.Add({input});");
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

    /// <summary>The given shape, or the one derived from the number of values.</summary>
    private static string ShapeOf(IrPort port)
    {
        string shape = MemberNames.ShapeOf(port.Member);
        string values = port.Member + (port.IsText() ? ".Count" : ".Length");
        return IsInferable(port) ? $"({shape} ?? TensorBytes.Infer([{port.Dimensions()}], {values}))" : shape;
    }

    /// <summary>Whether the shape follows from the number of values: one dynamic dimension, and each value is an item.</summary>
    private static bool IsInferable(IrPort port) =>
        port.Shape.HasRank
        && port.Shape.Dimensions.Count(static dimension => !dimension.IsStatic) == 1
        && port.Type.Form != ElementForm.Packed;

    private static string UnitOf(IrPort port) => port.Type.Form == ElementForm.Packed ? "bytes" : "values";

    private static string NoteOf(IrPort port) =>
        port.Type.Form == ElementForm.Packed ? ", packed"
        : port.Item() == "ushort" && port.Type.Datatype != "UINT16" ? ", the bits of each value"
        : "";
}
