using Ovms.Status;

namespace Ovms.Inference;

/// <summary>Takes the answers of a <see cref="RequestStream"/>. Safe for use by several threads.</summary>
internal interface IStreamAnswers
{
    /// <summary>Sends an answer. Waits for the caller to read, so that a slow one holds the stream back.</summary>
    /// <returns>Ok when the output is no longer needed; or why nothing can be sent any more.</returns>
    ValueTask<Outcome> SendAsync(StreamedAnswer answer);

    /// <summary>A request has had its last answer.</summary>
    /// <param name="received">The stopwatch timestamp of its last byte.</param>
    void Completed(long received);
}
