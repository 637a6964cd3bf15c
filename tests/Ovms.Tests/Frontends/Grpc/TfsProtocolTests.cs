using Google.Protobuf.Reflection;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>TensorFlow Serving's .proto files against the published protocol.</summary>
public sealed class TfsProtocolTests
{
    private static readonly FileDescriptor[] s_files = [TensorflowReflection.Descriptor, TensorflowErrorReflection.Descriptor, TensorflowServingReflection.Descriptor];

    [Test]
    public async Task WhatIsCarried_IsAsPublished()
    {
        string path = SourceTree.PathOf("../shared/api/tfs.protoset");
        Skip.Unless(File.Exists(path), $"{path} is not at hand.");
        FileDescriptorSet published = FileDescriptorSet.Parser.ParseFrom(await File.ReadAllBytesAsync(path));
        HashSet<string> expected = [.. published.File.SelectMany(Facts)];

        string[] carried = [.. s_files.SelectMany(static file => Facts(file.ToProto()))];
        await Assert.That(carried.Length).IsGreaterThan(120);
        await Assert.That(string.Join('\n', carried.Where(fact => !expected.Contains(fact)))).IsEqualTo("");
    }

    [Test]
    [Arguments("tensorflow.serving.ModelSpec", "1 name String, 2 version Message, 3 signature_name String, 4 version_label String")]
    [Arguments("tensorflow.serving.PredictRequest", "1 model_spec Message, 2 inputs Message, 3 output_filter String")]
    [Arguments("tensorflow.serving.PredictResponse", "1 outputs Message, 2 model_spec Message")]
    [Arguments("tensorflow.serving.GetModelMetadataRequest", "1 model_spec Message, 2 metadata_field String")]
    [Arguments("tensorflow.serving.GetModelMetadataResponse", "1 model_spec Message, 2 metadata Message")]
    [Arguments("tensorflow.serving.GetModelStatusRequest", "1 model_spec Message")]
    [Arguments("tensorflow.serving.GetModelStatusResponse", "1 model_version_status Message")]
    [Arguments("tensorflow.serving.ModelVersionStatus", "1 version Int64, 2 state Enum, 3 status Message")]
    [Arguments("tensorflow.serving.StatusProto", "1 error_code Enum, 2 error_message String")]
    [Arguments("tensorflow.TensorShapeProto", "2 dim Message, 3 unknown_rank Bool")]
    [Arguments("tensorflow.TensorProto", "1 dtype Enum, 2 tensor_shape Message, 3 version_number Int32, 4 tensor_content Bytes, 5 float_val Float, 6 double_val Double, 7 int_val Int32, 8 string_val Bytes, 9 scomplex_val Float, 10 int64_val Int64, 11 bool_val Bool, 12 dcomplex_val Double, 13 half_val Int32, 16 uint32_val UInt32, 17 uint64_val UInt64, 18 float8_val Bytes")]
    [Arguments("tensorflow.SignatureDef", "1 inputs Message, 2 outputs Message, 3 method_name String, 4 defaults Message")]
    public async Task Message_HasTheProtocolsFields(string name, string expected)
    {
        MessageDescriptor message = s_files.SelectMany(static file => file.MessageTypes).Single(type => type.FullName == name);
        await Assert.That(string.Join(", ", message.Fields.InFieldNumberOrder().Select(static field => $"{field.FieldNumber} {field.Name} {field.FieldType}"))).IsEqualTo(expected);
    }

    [Test]
    public async Task Calls_AreUnary()
    {
        string[] calls = [.. TensorflowServingReflection.Descriptor.Services.SelectMany(static service => service.Methods)
            .Where(static call => !call.IsClientStreaming && !call.IsServerStreaming)
            .Select(static call => $"{call.FullName} {call.InputType.Name} {call.OutputType.Name}")];
        await Assert.That(calls).IsEquivalentTo([
            "tensorflow.serving.PredictionService.Predict PredictRequest PredictResponse",
            "tensorflow.serving.PredictionService.GetModelMetadata GetModelMetadataRequest GetModelMetadataResponse",
            "tensorflow.serving.ModelService.GetModelStatus GetModelStatusRequest GetModelStatusResponse",
            "tensorflow.serving.ModelService.HandleReloadConfigRequest ReloadConfigRequest ReloadConfigResponse",
        ]);
    }

    // All facts that affect the wire, one per line.
    private static IEnumerable<string> Facts(FileDescriptorProto file) =>
    [
        .. file.Service.SelectMany(service => service.Method.Select(method => $"call {file.Package}.{service.Name}/{method.Name} {method.ClientStreaming} {method.InputType} {method.ServerStreaming} {method.OutputType}")),
        .. file.EnumType.SelectMany(type => Facts(file.Package, type)),
        .. file.MessageType.SelectMany(message => Facts(file.Package, message)),
    ];

    private static IEnumerable<string> Facts(string parent, EnumDescriptorProto type) => type.Value.Select(value => $"{parent}.{type.Name}.{value.Name} = {value.Number}");

    private static IEnumerable<string> Facts(string parent, DescriptorProto message)
    {
        string name = $"{parent}.{message.Name}";
        return
        [
            $"message {name} {message.Options?.MapEntry == true}",
            .. message.Field.Select(field => $"field {name}.{field.Name} = {field.Number} {field.Label} {field.Type} {field.TypeName} {(field.HasOneofIndex ? message.OneofDecl[field.OneofIndex].Name : "")} {field.JsonName} {field.Proto3Optional}"),
            .. message.EnumType.SelectMany(type => Facts(name, type)),
            .. message.NestedType.SelectMany(nested => Facts(name, nested)),
        ];
    }
}
