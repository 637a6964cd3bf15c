using Google.Protobuf;
using Grpc.Core;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>Binds unary calls explicitly instead of through generated base classes, so that no reflection is needed.</summary>
internal static class UnaryCalls
{
    /// <summary>Binds a call that uses generated message classes.</summary>
    public static void Add<TRequest, TResponse>(
        ServiceBinderBase binder, string service, string name, MessageParser<TRequest> parser, Func<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        Marshaller<TRequest> requests = Marshallers.Create(WriteNever, context => Parse(parser, context));
        Marshaller<TResponse> responses = Marshallers.Create(Write, ReadNever<TResponse>);
        binder.AddMethod(
            new Method<TRequest, TResponse>(MethodType.Unary, service, name, requests, responses),
            (request, _) => Task.FromResult(handler(request)));
    }

    private static T Parse<T>(MessageParser<T> parser, DeserializationContext context)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(context.PayloadAsReadOnlySequence());
        }
        catch (InvalidOperationException broken)
        {
            // The library throws this, contrary to its documentation, for a malformed message inside a number's wrapper.
            throw new InvalidDataException(broken.Message, broken);
        }
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
