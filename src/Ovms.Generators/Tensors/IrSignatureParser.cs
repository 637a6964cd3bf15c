using System.Xml;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Tensors;

/// <summary>Reads a file with an OvmsModel as an <see cref="IrSignature"/>; there is none if the file has a fault.</summary>
internal static class IrSignatureParser
{
    private const string ModelMetadata = "build_metadata.AdditionalFiles.OvmsModel";
    private const string GrpcNamespaceProperty = "build_property.OvmsGrpcNamespace";
    private const string RootNamespaceProperty = "build_property.RootNamespace";

    /// <summary>The namespace that protoc derives from the package's name by default.</summary>
    private const string DefaultGrpcNamespace = "Inference";

    // The fixed members of a generated class, and the class that it uses.
    private static readonly string[] s_taken = ["Inputs", "Outputs", "ModelName", "Check", "InferAsync", "TensorBytes"];

    /// <summary>Returns null for files without an OvmsModel.</summary>
    public static Parsed<IrSignature>? Parse(AdditionalText file, AnalyzerConfigOptionsProvider options, CancellationToken cancellation)
    {
        if (!options.GetOptions(file).TryGetValue(ModelMetadata, out string? className) || className.Length == 0)
        {
            return null;
        }

        LocationInfo start = new(file.Path, default, default);
        if (!IsClassName(className))
        {
            return Fault(Diagnostics.InvalidModelClass, start, className, Path.GetFileName(file.Path));
        }

        try
        {
            SourceText text = file.GetText(cancellation) ?? throw new XmlException("it cannot be read");
            IrDocument document = IrReader.Read(file.Path, text, cancellation);
            List<DiagnosticInfo> diagnostics = [];
            List<IrPort> inputs = Ports(document.Inputs, "in", ElementTypes.OfParameter, diagnostics);
            List<IrPort> outputs = Ports(document.Outputs, "out", ElementTypes.OfPort, diagnostics);
            if (IsPortClass(className, inputs, outputs))
            {
                return Fault(Diagnostics.InvalidModelClass, start, className, Path.GetFileName(file.Path));
            }

            IrSignature? signature = diagnostics.Count > 0 ? null : new IrSignature(
                Property(options, RootNamespaceProperty),
                className,
                document.Name,
                Property(options, GrpcNamespaceProperty) ?? DefaultGrpcNamespace,
                inputs.ToEquatableArray(),
                outputs.ToEquatableArray());
            return new Parsed<IrSignature>(signature, diagnostics.ToEquatableArray());
        }
        catch (XmlException fault)
        {
            LinePosition position = new(Math.Max(fault.LineNumber - 1, 0), Math.Max(fault.LinePosition - 1, 0));
            LocationInfo place = start with { Lines = new LinePositionSpan(position, position) };
            return Fault(Diagnostics.UnreadableIr, place, Path.GetFileName(file.Path), fault.Message);
        }
    }

    // Many contextual keywords, such as record, cannot name a type. Members of the class cannot have its name.
    private static bool IsClassName(string name) =>
        SyntaxFacts.IsValidIdentifier(name)
        && SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None
        && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None
        && !s_taken.Contains(name);

    private static bool IsPortClass(string name, List<IrPort> inputs, List<IrPort> outputs) =>
        inputs.Exists(port => name == IrSignatureEmitter.PortClass("Input", port))
        || outputs.Exists(port => name == IrSignatureEmitter.PortClass("Output", port));

    private static List<IrPort> Ports(
        List<IrTensor> tensors, string side, Func<string, ElementTypeRow?> typeOf, List<DiagnosticInfo> diagnostics)
    {
        List<IrPort> ports = [];
        MemberNames members = new();
        foreach (IrTensor tensor in tensors)
        {
            if (typeOf(tensor.ElementType) is not ElementTypeRow type)
            {
                diagnostics.Add(DiagnosticInfo.Create(Diagnostics.UnknownIrType, tensor.Location, tensor.Layer, tensor.ElementType));
                continue;
            }

            if (IrShape.Parse(tensor.Shape) is not IrShape shape
                || (shape.IsStatic && (shape.Count < 0 || shape.Count * Math.Max(type.Bits, 8) / 8 > int.MaxValue)))
            {
                diagnostics.Add(DiagnosticInfo.Create(Diagnostics.InvalidIrShape, tensor.Location, tensor.Layer, tensor.Shape));
                continue;
            }

            // OpenVINO's any-name is the smallest of several names. For a port without a name the server uses side and index.
            string name = tensor.Names.OrderBy(static each => each, StringComparer.Ordinal).FirstOrDefault() ?? $"{side}_{ports.Count}";
            ports.Add(new IrPort(name, members.Add(name), type, shape));
        }

        return ports;
    }

    private static string? Property(AnalyzerConfigOptionsProvider options, string name) =>
        options.GlobalOptions.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;

    private static Parsed<IrSignature> Fault(DiagnosticDescriptor descriptor, LocationInfo location, params string[] arguments) =>
        new(null, new[] { DiagnosticInfo.Create(descriptor, location, arguments) }.ToEquatableArray());
}
