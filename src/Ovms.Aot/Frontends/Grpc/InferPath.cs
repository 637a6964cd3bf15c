using Grpc.Core;
using Ovms.Inference;
using Ovms.Serving;
using Ovms.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc;

/// <summary>What the inference calls of all APIs have in common: memory is counted, the call is run, the answer is measured.</summary>
internal sealed class InferPath(ServableRegistry registry, InferenceCall inference, GrpcSettings settings)
{
    /// <summary>Runs one inference.</summary>
    /// <param name="request">As it was read.</param>
    /// <param name="context">The call.</param>
    /// <param name="measure">Makes the API's answer.</param>
    /// <exception cref="RpcException">Why there is no answer.</exception>
    public async Task<TAnswer> RunAsync<TAnswer>(InferRequest request, ServerCallContext context, Func<InferResult, IDisposable, TAnswer> measure)
        where TAnswer : InferAnswer
    {
        // The net under the serializer, which gives everything back earlier: it does not run when the deadline passes meanwhile.
        HttpContext http = context.GetHttpContext();
        http.Response.RegisterForDispose(request);
        MemoryShare share = CountedBody.ShareOf(http);
        Outcome counted = share.GrowTo(request.Length);
        Outcome<InferMessage> message = request.TakeMessage();
        if (!counted.IsOk)
        {
            if (message.IsOk)
            {
                Keep(http, message.Value);
                registry.Count(message.Value.Origin.InferenceKind(), message.Value.ModelName, message.Value.ModelVersion, isSuccess: false);
                message.Value.Dispose();
            }

            throw GrpcEdge.ToException(counted);
        }

        Outcome<InferResult> result = message.IsOk ? await inference.RunAsync(message.Value, context.CancellationToken).ConfigureAwait(false) : message.WithoutValue;
        if (!result.IsOk)
        {
            Keep(http, message.Value);
            throw GrpcEdge.ToException(result.WithoutValue);
        }

        http.Response.RegisterForDispose(registry.Answers.Begin());
        request.Keep(result.Value);
        TAnswer answer;
        try
        {
            answer = measure(result.Value, request);
        }
        catch
        {
            Keep(http, message.Value);
            result.Value.Refuse();
            throw;
        }

        if (answer.Length <= settings.Arguments.MaxSendMessageLength)
        {
            share.AddAnswer(answer.Length);
            return answer;
        }

        Keep(http, message.Value);
        result.Value.Refuse();
        throw GrpcEdge.ToException(Outcome.Fail(StatusCode.MessageTooLarge, $"The answer has {answer.Length} bytes where {settings.Arguments.MaxSendMessageLength} may be sent; ask for fewer outputs or a smaller batch"));
    }

    // For the log.
    private static void Keep(HttpContext call, InferMessage? message)
    {
        if (message is not null)
        {
            CallSubject.Keep(call, message.ModelName, message.ModelVersion, message.Id);
        }
    }
}
