using Google.Protobuf;
using Grpc.Core;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.Frontends.Grpc;

/// <summary>
/// Names the calls of inference.GRPCInferenceService. What is not named here answers UNIMPLEMENTED by the framework. Bound by hand and
/// not by the generated base class: ModelInfer has its own reader and writer, and nothing is found by reflection.
/// </summary>
internal static class KServeBinding
{
    /// <summary>The service's full name.</summary>
    public const string ServiceName = "inference.GRPCInferenceService";

    /// <summary>Binds the service.</summary>
    public static void Bind(ServiceBinderBase binder, KServeService service)
    {
        Add(binder, "ServerLive", ServerLiveRequest.Parser, service.ServerLive);
        Add(binder, "ServerReady", ServerReadyRequest.Parser, service.ServerReady);
        Add(binder, "ServerMetadata", ServerMetadataRequest.Parser, service.ServerMetadata);
        Add(binder, "ModelReady", ModelReadyRequest.Parser, service.ModelReady);
        Add(binder, "ModelMetadata", ModelMetadataRequest.Parser, service.ModelMetadata);

        Marshaller<InferRequest> requests = Marshallers.Create(WriteNever, InferRequest.Read);
        Marshaller<InferResponse> responses = Marshallers.Create(InferResponseWriter.Write, ReadNever<InferResponse>);
        binder.AddMethod(new Method<InferRequest, InferResponse>(MethodType.Unary, ServiceName, "ModelInfer", requests, responses), service.ModelInfer);
    }

    private static void Add<TRequest, TResponse>(ServiceBinderBase binder, string name, MessageParser<TRequest> parser, Func<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        Marshaller<TRequest> requests = Marshallers.Create(WriteNever, context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));
        Marshaller<TResponse> responses = Marshallers.Create(Write, ReadNever<TResponse>);
        binder.AddMethod(
            new Method<TRequest, TResponse>(MethodType.Unary, ServiceName, name, requests, responses),
            (request, _) => Task.FromResult(handler(request)));
    }

    private static void Write<T>(T message, SerializationContext context)
        where T : IMessage
    {
        context.SetPayloadLength(message.CalculateSize());
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }

    // A server only reads requests and only writes responses.
    private static void WriteNever<T>(T message, SerializationContext context) => throw new NotSupportedException();

    private static T ReadNever<T>(DeserializationContext context) => throw new NotSupportedException();
}
