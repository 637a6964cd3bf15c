namespace Ovms.Repository.Remote;

/// <summary>An error response of Google Cloud Storage or of its token service.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="word">The service's error code, if any.</param>
internal sealed class GcsAnswerException(int status, string? word) : Exception($"{status} {word}")
{
    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>The service's error code, if any.</summary>
    public string? Word => word;
}
