using Google.Protobuf.Reflection;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>The .proto file against the published wire descriptors.</summary>
public sealed class ProtocolTests
{
    [Test]
    public async Task EveryMessageAndCall_IsThePublishedOne()
    {
        string path = SourceTree.PathOf("../shared/api/kserve.protoset");
        Skip.Unless(File.Exists(path), $"{path} is not at hand.");
        FileDescriptorSet published = FileDescriptorSet.Parser.ParseFrom(await File.ReadAllBytesAsync(path));

        string[] expected = [.. published.File.Where(static file => file.Name.EndsWith("grpc_service.proto", StringComparison.Ordinal)).SelectMany(Facts).Order()];
        string[] actual = [.. Facts(GrpcServiceReflection.Descriptor.ToProto()).Order()];

        await Assert.That(expected.Length).IsGreaterThan(200);
        await Assert.That(string.Join('\n', actual)).IsEqualTo(string.Join('\n', expected));
    }

    [Test]
    public async Task TheSixCalls_AreUnary()
    {
        MethodDescriptor[] calls = [.. GrpcServiceReflection.Descriptor.Services.Single().Methods];

        await Assert.That(calls.Length).IsEqualTo(20);
        await Assert.That(calls.Where(static call => call.IsClientStreaming || call.IsServerStreaming).Select(static call => call.Name)).IsEquivalentTo(["ModelStreamInfer"]);
    }

    // All facts that affect the wire, one per line.
    private static IEnumerable<string> Facts(FileDescriptorProto file)
    {
        foreach (ServiceDescriptorProto service in file.Service)
        {
            foreach (MethodDescriptorProto method in service.Method)
            {
                yield return $"call {file.Package}.{service.Name}/{method.Name} {method.ClientStreaming} {method.InputType} {method.ServerStreaming} {method.OutputType}";
            }
        }

        foreach (string fact in file.MessageType.SelectMany(message => Facts(file.Package, message)))
        {
            yield return fact;
        }

        yield return $"syntax {file.Syntax} of {file.Package}";
    }

    private static IEnumerable<string> Facts(string parent, DescriptorProto message)
    {
        string name = $"{parent}.{message.Name}";
        yield return $"message {name}";
        foreach (FieldDescriptorProto field in message.Field)
        {
            string oneof = field.HasOneofIndex ? message.OneofDecl[field.OneofIndex].Name : "";
            yield return $"field {name}.{field.Name} = {field.Number} {field.Label} {field.Type} {field.TypeName} {oneof} {field.JsonName} {field.Proto3Optional}";
        }

        if (message.Options?.MapEntry == true)
        {
            yield return $"map {name}";
        }

        foreach (string fact in message.NestedType.SelectMany(nested => Facts(name, nested)))
        {
            yield return fact;
        }
    }
}
