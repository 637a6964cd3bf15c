using Grpc.Core;
using Grpc.Net.Client;

namespace Ovms.Benchmarks.Callers;

/// <summary>
/// ModelInfer over one gRPC connection. Request and answer pass as bytes that are made or read outside the measured call, so that only
/// transport and server are timed.
/// </summary>
internal sealed class GrpcCaller : Caller
{
    private static readonly Method<byte[], byte[]> s_infer = new(
        MethodType.Unary,
        "inference.GRPCInferenceService",
        "ModelInfer",
        Marshallers.Create(static bytes => bytes, static bytes => bytes),
        Marshallers.Create(static bytes => bytes, static bytes => bytes));

    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;
    private readonly byte[] _request;

    public GrpcCaller(string name, int port, byte[] request)
        : base(name)
    {
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        _invoker = _channel.CreateCallInvoker();
        _request = request;
    }

    /// <summary>The last ModelInferResponse.</summary>
    public byte[] Answer { get; private set; } = [];

    public override async ValueTask CallAsync()
    {
        using AsyncUnaryCall<byte[]> call = _invoker.AsyncUnaryCall(s_infer, null, default, _request);
        Answer = await call.ResponseAsync.ConfigureAwait(false);
    }

    // raw_output_contents is the last field of the message.
    public override bool Answered(ReadOnlySpan<byte> output) => Answer.AsSpan().EndsWith(output);

    public override void Dispose() => _channel.Dispose();
}
