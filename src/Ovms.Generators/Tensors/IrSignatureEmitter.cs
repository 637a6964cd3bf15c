using Ovms.Generators.Infrastructure;
using static Ovms.Generators.Tensors.IrPortExtensions;

namespace Ovms.Generators.Tensors;

/// <summary>Writes the class of one model: its ports as constants, then what the other emitters add.</summary>
internal static class IrSignatureEmitter
{
    public static string Emit(IrSignature signature)
    {
        string proto = "global::" + signature.GrpcNamespace;
        CodeWriter writer = CodeWriter.ForFile(signature.Namespace);
        writer.Line("using global::Ovms.Signatures;");
        writer.Line();
        string inputs = string.Join(", ", signature.Inputs.Select(static port => $"{port.Name} {port.Describe()}"));
        string outputs = string.Join(", ", signature.Outputs.Select(static port => $"{port.Name} {port.Describe()}"));
        writer.Line($"/// <summary>The model {Xml(signature.ModelName)}: from {Xml(inputs)} to {Xml(outputs)}.</summary>");
        writer.Line(CodeWriter.GeneratedCode);
        using (writer.Block($"internal static class {signature.ClassName}"))
        {
            writer.Line("/// <summary>The name in the model's file, under which it is asked for where no other is given.</summary>");
            writer.Line($"public const string ModelName = {CodeWriter.Literal(signature.ModelName.Length > 0 ? signature.ModelName : signature.ClassName)};");
            writer.Line();
            foreach (IrPort port in signature.Inputs)
            {
                Port(writer, port, "Input");
            }

            foreach (IrPort port in signature.Outputs)
            {
                Port(writer, port, "Output");
            }

            IrInputsEmitter.Emit(writer, signature, proto);
            writer.Line();
            IrOutputsEmitter.Emit(writer, signature, proto);
            writer.Line();
            IrRequestCheckEmitter.Emit(writer, signature, proto);
            writer.Line();
            Calls(writer, proto);
        }

        return writer.ToString();
    }

    private static void Port(CodeWriter writer, IrPort port, string side)
    {
        writer.Line($"/// <summary>{side} {Xml(port.Name)}: {Xml(port.Describe())}.</summary>");
        using (writer.Block($"public static class {side}{port.Member}"))
        {
            writer.Line($"public const string Name = {CodeWriter.Literal(port.Name)};");
            writer.Line($"public const string Datatype = {CodeWriter.Literal(port.Type.Datatype)};");
            if (port.Shape.HasRank)
            {
                writer.Line($"public const int Rank = {Number(port.Shape.Dimensions.Count)};");
                writer.Line();
                writer.Line("/// <summary>-1 where a dimension is open.</summary>");
                writer.Line($"public static global::System.ReadOnlySpan<long> Shape => [{port.Dimensions()}];");
            }

            if (port.Shape.IsStatic)
            {
                writer.Line();
                writer.Line($"public const int Count = {Number(port.Shape.Count)};");
                if (!port.IsText())
                {
                    writer.Line($"public const int ByteSize = {Number(port.ByteSize())};");
                }
            }
        }

        writer.Line();
    }

    private static void Calls(CodeWriter writer, string proto)
    {
        string client = $"{proto}.GRPCInferenceService.GRPCInferenceServiceClient";
        const string Rest = "Inputs inputs, string modelName = ModelName, string modelVersion = \"\", global::System.Threading.CancellationToken cancellation = default";
        writer.Line("/// <summary>Asks a server and waits for its answer.</summary>");
        writer.Line("/// <exception cref=\"global::System.ArgumentException\">The inputs do not fit the model.</exception>");
        writer.Line("/// <exception cref=\"global::Grpc.Core.RpcException\">The server refuses or fails.</exception>");
        writer.Line("/// <exception cref=\"global::System.FormatException\">The answer is none of this model.</exception>");
        writer.Line($"public static global::System.Threading.Tasks.Task<Outputs> InferAsync(global::Grpc.Core.ChannelBase channel, {Rest}) =>");
        using (writer.Indent())
        {
            writer.Line($"InferAsync(new {client}(channel), inputs, modelName, modelVersion, cancellation);");
        }

        writer.Line();
        writer.Line("/// <inheritdoc cref=\"InferAsync(global::Grpc.Core.ChannelBase, Inputs, string, string, global::System.Threading.CancellationToken)\"/>");
        using (writer.Block($"public static async global::System.Threading.Tasks.Task<Outputs> InferAsync({client} client, {Rest})"))
        {
            writer.Line($"{proto}.ModelInferResponse response = await client.ModelInferAsync(inputs.ToRequest(modelName, modelVersion), cancellationToken: cancellation).ConfigureAwait(false);");
            writer.Line("return Outputs.From(response);");
        }
    }
}
