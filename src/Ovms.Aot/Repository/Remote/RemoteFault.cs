using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>Words the failures of object stores: path, endpoint, response, remedy; never a secret.</summary>
internal static class RemoteFault
{
    private static readonly string[] s_noContainer =
        ["NoSuchBucket", "ContainerNotFound", "ShareNotFound", "ContainerBeingDeleted", "ShareBeingDeleted"];

    /// <summary>Words an error response of the store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="word">The store's error code, if any.</param>
    public static Outcome OfAnswer(RemoteStore store, int status, string? word)
    {
        RemotePath path = store.Path;
        string said = string.IsNullOrEmpty(word) || !word.All(char.IsAsciiLetterOrDigit) ? $"{status}" : $"{status} {Shown.Bounded(word)}";
        string noun = path.ContainerNoun;
        return status switch
        {
            404 when word is null || s_noContainer.Contains(word) =>
                Outcome.Fail(
                    StatusCode.RemoteContainerMissing,
                    $"{path}: {store.Endpoint} has no {noun} '{path.Container}' ({said}). "
                    + $"Check the {noun}'s name, and {Variables(path.Kind).Place}."),
            401 or 403 =>
                Outcome.Fail(
                    StatusCode.RemoteAccessRefused,
                    $"{path}: {store.Endpoint} refuses access to {noun} '{path.Container}' ({said}). "
                    + $"Check {Variables(path.Kind).Credentials}, and that they may list and read there."),
            404 or 409 or 412 =>
                Outcome.Fail(
                    StatusCode.RemoteFileInvalid,
                    $"{path}: a file that {store.Endpoint} listed in {noun} '{path.Container}' was deleted or overwritten "
                    + $"({said}). It is tried again at the next check."),
            408 or 429 or >= 500 =>
                Outcome.Fail(
                    StatusCode.RemoteUnreachable,
                    $"{path}: {store.Endpoint} fails for {noun} '{path.Container}' ({said}). It is tried again; "
                    + "if that lasts, look at the store's health and limits."),
            >= 300 and < 400 =>
                Outcome.Fail(
                    StatusCode.RemoteFailed,
                    $"{path}: {store.Endpoint} redirects requests for {noun} '{path.Container}' ({said}). "
                    + $"Check {Variables(path.Kind).Place}."),
            _ =>
                Outcome.Fail(
                    StatusCode.RemoteFailed,
                    $"{path}: {store.Endpoint} fails for {noun} '{path.Container}' ({said}). "
                    + $"Check {Variables(path.Kind).Credentials}, and {Variables(path.Kind).Place}."),
        };
    }

    /// <summary>Words any other failure of a request.</summary>
    /// <param name="store">The store.</param>
    /// <param name="failure">The exception.</param>
    /// <param name="limit">The timeout that applied.</param>
    public static Outcome OfException(RemoteStore store, Exception failure, TimeSpan limit)
    {
        Exception root = failure.GetBaseException();
        bool isLate = false;
        for (Exception? inner = failure; inner is not null && !isLate; inner = inner.InnerException)
        {
            isLate = inner is OperationCanceledException or TimeoutException;
        }

        string how = isLate
            ? $"did not answer within {limit.TotalSeconds:0.#} s"
            : $"cannot be reached ({Shown.Bounded(root.Message.ReplaceLineEndings(" ").TrimEnd('.'))})";
        return Outcome.Fail(
            StatusCode.RemoteUnreachable,
            $"{store.Path}: {store.Endpoint} {how}. It is tried again; check {Variables(store.Path.Kind).Place}, the network, and "
            + "the proxy variables.");
    }

    /// <summary>The environment variables that hold credentials, and those that hold the store's address.</summary>
    private static (string Credentials, string Place) Variables(RemoteKind kind) => kind switch
    {
        RemoteKind.S3 => ("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or AWS_PROFILE", "S3_ENDPOINT and AWS_REGION"),
        RemoteKind.Gcs => ("the file in GOOGLE_APPLICATION_CREDENTIALS", "STORAGE_EMULATOR_HOST where it is set"),
        _ => (
            "AZURE_STORAGE_CONNECTION_STRING (or AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN)",
            "the account in AZURE_STORAGE_CONNECTION_STRING or AZURE_STORAGE_ACCOUNT"),
    };
}
