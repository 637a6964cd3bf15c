using Grpc.Core;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.Generators.Tests.Tensors;

/// <summary>Stands in for a server: keeps the request and gives the answer made from it.</summary>
internal sealed class EchoServer(Func<ModelInferRequest, ModelInferResponse> answer) : CallInvoker
{
    /// <summary>What was sent last, through the wire's bytes.</summary>
    public ModelInferRequest? Request { get; private set; }

    /// <summary>A client of this server.</summary>
    public GRPCInferenceService.GRPCInferenceServiceClient Client => new(this);

    /// <summary>An answer that shows each input again under another name.</summary>
    public static ModelInferResponse Echo(ModelInferRequest request, Func<string, string> rename)
    {
        ModelInferResponse response = new() { ModelName = request.ModelName };
        for (int i = 0; i < request.Inputs.Count; i++)
        {
            ModelInferRequest.Types.InferInputTensor input = request.Inputs[i];
            response.Outputs.Add(new ModelInferResponse.Types.InferOutputTensor { Name = rename(input.Name), Datatype = input.Datatype, Shape = { input.Shape } });
            response.RawOutputContents.Add(request.RawInputContents[i]);
        }

        return response;
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Request = (ModelInferRequest)(object)request;
        Task<TResponse> response = Task.FromResult((TResponse)(object)answer(Request));
        return new AsyncUnaryCall<TResponse>(response, Task.FromResult(new Metadata()), static () => global::Grpc.Core.Status.DefaultSuccess, static () => [], static () => { });
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();
}
