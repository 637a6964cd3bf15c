using Ovms.Status;

namespace Ovms.Tests.Status;

/// <summary>The texts and codes that clients of the original rely on, and those it is agreed to answer better.</summary>
public class StatusCodeTests
{
    [Test]
    [Arguments(StatusCode.Ok, "OK", Grpc.Core.StatusCode.OK, 200)]
    [Arguments(StatusCode.ModelNameMissing, "Model with requested name is not found", Grpc.Core.StatusCode.NotFound, 404)]
    [Arguments(StatusCode.ModelVersionMissing, "Model with requested version is not found", Grpc.Core.StatusCode.NotFound, 404)]
    [Arguments(StatusCode.ModelVersionNotLoadedAnymore, "Model with requested version is retired", Grpc.Core.StatusCode.NotFound, 404)]
    [Arguments(StatusCode.ModelVersionNotLoadedYet, "Model with requested version is not loaded yet", Grpc.Core.StatusCode.Unavailable, 503)]
    [Arguments(StatusCode.ModelVersionInvalidFormat, "invalid model version format in request", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.InvalidNoOfInputs, "Invalid number of inputs", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.MissingInput, "Missing input with specific name", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.UnexpectedInput, "Unexpected input", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.InvalidPrecision, "Invalid input precision", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.InvalidShape, "Invalid input shape", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.InvalidBatchSize, "Invalid input batch size", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.InvalidNoOfShapeDimensions, "Invalid number of shape dimensions", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.InvalidContentSize, "Invalid content size of tensor proto", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.InvalidValueCount, "Invalid number of values in tensor proto container", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.JsonInvalid, "The file is not valid json", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.RestCouldNotParseInput, "Could not parse input content. Not valid ndarray detected", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.RestInvalidUrl, "Invalid request URL", Grpc.Core.StatusCode.NotFound, 404)]
    [Arguments(StatusCode.RestUnsupportedMethod, "Unsupported method", Grpc.Core.StatusCode.Unimplemented, 405)]
    [Arguments(StatusCode.ServerNotReady, "Server is not ready", Grpc.Core.StatusCode.Unavailable, 503)]
    [Arguments(StatusCode.QueueFull, "Too many requests are waiting for inference", Grpc.Core.StatusCode.ResourceExhausted, 503)]
    [Arguments(StatusCode.GenerationInvalid, "The request for text is invalid", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.PromptTooLong, "The prompt is too long", Grpc.Core.StatusCode.InvalidArgument, 400)]
    [Arguments(StatusCode.GenerationQueueFull, "Too many requests are waiting for the language model", Grpc.Core.StatusCode.ResourceExhausted, 429)]
    [Arguments(StatusCode.LanguageModelFailed, "The language model has failed", Grpc.Core.StatusCode.Unavailable, 503)]
    [Arguments(StatusCode.MessageTooLarge, "Message exceeds the maximum size", Grpc.Core.StatusCode.ResourceExhausted, 413)]
    [Arguments(StatusCode.DeadlineExceeded, "Deadline exceeded", Grpc.Core.StatusCode.DeadlineExceeded, 504)]
    [Arguments(StatusCode.Cancelled, "Request was cancelled", Grpc.Core.StatusCode.Cancelled, 499)]
    [Arguments(StatusCode.InternalInferenceError, "Internal inference error", Grpc.Core.StatusCode.Internal, 500)]
    [Arguments(StatusCode.CannotCompileModelIntoTargetDevice, "Cannot compile model into target device", Grpc.Core.StatusCode.FailedPrecondition, 412)]
    internal async Task Row_AnswersAsDocumented(StatusCode code, string message, Grpc.Core.StatusCode grpc, int http)
    {
        await Assert.That(code.Message()).IsEqualTo(message);
        await Assert.That(code.ToGrpc()).IsEqualTo(grpc);
        await Assert.That(code.ToHttp()).IsEqualTo(http);
    }

    [Test]
    public async Task CallersFault_IsTheSameOnBothFronts()
    {
        foreach (StatusCode code in Enum.GetValues<StatusCode>())
        {
            bool isInvalidArgument = code.ToGrpc() == Grpc.Core.StatusCode.InvalidArgument;
            await Assert.That(code.ToHttp() == 400).IsEqualTo(isInvalidArgument).Because(code.ToString());
        }
    }

    [Test]
    public async Task OnlyOk_IsSuccess() =>
        await Assert.That(Enum.GetValues<StatusCode>().Where(static code => code.ToHttp() < 400 || code.ToGrpc() == Grpc.Core.StatusCode.OK)).IsEquivalentTo([StatusCode.Ok, StatusCode.PipelineNoResults]);
}
