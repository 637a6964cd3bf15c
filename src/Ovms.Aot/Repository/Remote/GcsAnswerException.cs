namespace Ovms.Repository.Remote;

/// <summary>A request that Google Cloud Storage, or the service that gives its tokens, did not fulfil.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="word">The service's word for it, if any.</param>
internal sealed class GcsAnswerException(int status, string? word) : Exception($"{status} {word}")
{
    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>The service's word for it.</summary>
    public string? Word => word;
}
