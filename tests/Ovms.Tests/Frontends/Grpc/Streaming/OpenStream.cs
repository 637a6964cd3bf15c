using Grpc.Core;
using Ovms.Frontends.Grpc.Protos;
using CallStatus = Grpc.Core.Status;

namespace Ovms.Tests.Frontends.Grpc.Streaming;

/// <summary>A stream of requests that a test writes and reads.</summary>
internal sealed class OpenStream(AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> call) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Opens a stream.</summary>
    public static OpenStream To(GrpcServer server, DateTime? deadline = null) => new(server.Client.ModelStreamInfer(deadline: deadline));

    /// <summary>Sends requests.</summary>
    public async Task SendAsync(params ModelInferRequest[] requests)
    {
        foreach (ModelInferRequest request in requests)
        {
            await call.RequestStream.WriteAsync(request);
        }
    }

    /// <summary>Sends no more.</summary>
    public Task CompleteAsync() => call.RequestStream.CompleteAsync();

    /// <summary>The next response.</summary>
    public async Task<ModelStreamInferResponse> ReadAsync()
    {
        bool isThere = await call.ResponseStream.MoveNext().WaitAsync(s_patience);
        return isThere ? call.ResponseStream.Current : throw new InvalidOperationException("The stream ended.");
    }

    /// <summary>The next response, which is no error.</summary>
    public async Task<ModelInferResponse> AnswerAsync()
    {
        ModelStreamInferResponse response = await ReadAsync();
        return response.ErrorMessage.Length == 0 ? response.InferResponse : throw new InvalidOperationException(response.ErrorMessage);
    }

    /// <summary>How the stream ends; fails if another response comes.</summary>
    public async Task<CallStatus> EndAsync()
    {
        try
        {
            bool isThere = await call.ResponseStream.MoveNext().WaitAsync(s_patience);
            return isThere ? throw new InvalidOperationException($"Another response came: {call.ResponseStream.Current}") : call.GetStatus();
        }
        catch (RpcException ended)
        {
            return ended.Status;
        }
    }

    /// <summary>Cancels the call.</summary>
    public void Dispose() => call.Dispose();
}
