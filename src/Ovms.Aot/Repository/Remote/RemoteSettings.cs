using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>The environment variables that steer access to object stores, and the connections that are made by them.</summary>
/// <param name="variable">Gives a variable; null where it is not set.</param>
/// <param name="patience">Deadlines.</param>
/// <param name="canLoad">Tells whether a library is there; null for the system's loader.</param>
internal sealed class RemoteSettings(Func<string, string?> variable, RemotePatience patience, Func<string, bool>? canLoad = null)
{
    /// <summary>How long and how often.</summary>
    public RemotePatience Patience => patience;

    /// <summary>A variable's value without blanks around it; null where it is unset or empty.</summary>
    public string? this[string name] => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>A client without redirections, which would carry credentials elsewhere; deadlines are each request's own.</summary>
    /// <param name="useProxy">Whether http_proxy, https_proxy and no_proxy count.</param>
    public HttpClient CreateClient(bool useProxy = true) =>
        new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = useProxy,
            ConnectTimeout = patience.Connect,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = 64 << 20,
        };

    /// <summary>Opens the store that a path names. Nothing is asked of it yet.</summary>
    public Outcome<RemoteStore> Open(RemotePath path)
    {
        Outcome library = OpenSsl.Check(path, this["DOTNET_OPENSSL_VERSION_OVERRIDE"], canLoad ?? OpenSsl.CanLoad);
        if (!library.IsOk)
        {
            return library;
        }

        try
        {
            return path.Kind switch
            {
                RemoteKind.S3 => S3Store.Open(path, this),
                RemoteKind.Gcs => GcsStore.Open(path, this),
                RemoteKind.AzureBlob => AzureBlobStore.Open(path, this),
                _ => AzureFilesStore.Open(path, this),
            };
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or InvalidOperationException)
        {
            // Its words may hold what was wrong, which may be a secret.
            return Outcome.Fail(StatusCode.RemoteAccessRefused, $"{path}: what the variables say of its store cannot be used ({failure.GetType().Name}); see docs/cloud-storage.md for the forms.");
        }
    }

    /// <summary>An http or https address without a path behind it; null for anything else.</summary>
    /// <param name="text">With or without a scheme.</param>
    /// <param name="scheme">The scheme where it has none.</param>
    public static Uri? ToEndpoint(string text, string scheme) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"{scheme}://{text}", UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
            ? uri
            : null;
}
