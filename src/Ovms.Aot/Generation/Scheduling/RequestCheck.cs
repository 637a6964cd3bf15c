using Ovms.Generation.Requests;
using Ovms.Generation.Steps;
using Ovms.Status;

namespace Ovms.Generation.Scheduling;

/// <summary>Checks what a caller asks an engine for.</summary>
internal static class RequestCheck
{
    /// <summary>Checks a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="capacity">What the model can hold.</param>
    /// <returns>Success, or the caller's fault.</returns>
    public static Outcome Check(GenerationRequest request, StepCapacity capacity)
    {
        if (request.PromptIds.Length == 0)
        {
            return Outcome.Fail(StatusCode.GenerationInvalid, "the prompt has no tokens");
        }

        int unknown = request.PromptIds.AsSpan().IndexOfAnyExceptInRange(0, capacity.Vocabulary - 1);
        if (unknown >= 0)
        {
            return Outcome.Fail(
                StatusCode.GenerationInvalid,
                $"token {unknown} of the prompt is {request.PromptIds[unknown]}; the model has tokens 0 to {capacity.Vocabulary - 1}");
        }

        if (request.Answers < 1 || request.MaxTokens < 0)
        {
            return Outcome.Fail(
                StatusCode.GenerationInvalid,
                $"{request.Answers} answers of {request.MaxTokens} tokens were asked for; expected at least 1 answer and 0 tokens");
        }

        long cached = (long)capacity.Blocks * capacity.BlockTokens;
        return capacity.BlockTokens > 0 && request.PromptIds.Length > cached
            ? Outcome.Fail(
                StatusCode.PromptTooLong,
                $"it has {request.PromptIds.Length} tokens, the KV cache holds {cached}; shorten it, or raise cache_size")
            : request.SamplingRules.Check(capacity.Vocabulary);
    }
}
