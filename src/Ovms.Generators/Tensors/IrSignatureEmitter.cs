using Ovms.Generators.Infrastructure;
using static Ovms.Generators.Tensors.IrPortExtensions;

namespace Ovms.Generators.Tensors;

/// <summary>Emits the class of one model: its ports as constants, then the parts of the other emitters.</summary>
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
            writer.Line("/// <summary>The name in the model's file; the default name in requests.</summary>");
            string name = signature.ModelName.Length > 0 ? signature.ModelName : signature.ClassName;
            writer.Line($"public const string ModelName = {CodeWriter.Literal(name)};");
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

    /// <summary>Name of the class with a port's constants.</summary>
    public static string PortClass(string side, IrPort port) => side + port.Member;

    private static void Port(CodeWriter writer, IrPort port, string side)
    {
        writer.Line($"/// <summary>{side} {Xml(port.Name)}: {Xml(port.Describe())}.</summary>");
        using (writer.Block($"public static class {PortClass(side, port)}"))
        {
            writer.Line($"public const string Name = {CodeWriter.Literal(port.Name)};");
            writer.Line($"public const string Datatype = {CodeWriter.Literal(port.Type.Datatype)};");
            if (port.Shape.HasRank)
            {
                writer.Line($"public const int Rank = {Number(port.Shape.Dimensions.Count)};");
                writer.Line();
                writer.Line("/// <summary>The shape, with -1 for dynamic dimensions.</summary>");
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
        const string Token = "global::System.Threading.CancellationToken";
        const string Task = "global::System.Threading.Tasks.Task<Outputs>";
        const string Rest =
            $"Inputs inputs, string modelName = ModelName, string modelVersion = \"\", {Token} cancellation = default";
        writer.Line("/// <summary>Sends the inputs to a server and returns its answer.</summary>");
        writer.Line("/// <exception cref=\"global::System.ArgumentException\">The inputs do not fit the model.</exception>");
        writer.Line("/// <exception cref=\"global::Grpc.Core.RpcException\">The server rejects the call or fails.</exception>");
        writer.Line("/// <exception cref=\"global::System.FormatException\">The answer is not from this model.</exception>");
        writer.Line($"public static {Task} InferAsync(global::Grpc.Core.ChannelBase channel, {Rest}) =>");
        using (writer.Indent())
        {
            writer.Line($"InferAsync(new {client}(channel), inputs, modelName, modelVersion, cancellation);");
        }

        writer.Line();
        writer.Line($"/// <inheritdoc cref=\"InferAsync(global::Grpc.Core.ChannelBase, Inputs, string, string, {Token})\"/>");
        using (writer.Block($"public static async {Task} InferAsync({client} client, {Rest})"))
        {
            const string Call = "client.ModelInferAsync(inputs.ToRequest(modelName, modelVersion), cancellationToken: cancellation)";
            writer.Line($"{proto}.ModelInferResponse response = await {Call}.ConfigureAwait(false);");
            writer.Line("return Outputs.From(response);");
        }
    }
}
