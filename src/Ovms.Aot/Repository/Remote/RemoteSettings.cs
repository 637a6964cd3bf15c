using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>The environment variables for object stores, and the HTTP clients and stores made from them.</summary>
/// <param name="variable">Gets a variable; null if unset.</param>
/// <param name="patience">Timeouts and retries.</param>
/// <param name="canLoad">Whether a library can be loaded; null for the system's loader.</param>
internal sealed class RemoteSettings(Func<string, string?> variable, RemotePatience patience, Func<string, bool>? canLoad = null)
{
    /// <summary>Timeouts and retries.</summary>
    public RemotePatience Patience => patience;

    /// <summary>A variable's value without surrounding blanks; null if unset or empty.</summary>
    public string? this[string name] => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>Creates a client without redirects, which would send credentials elsewhere. Each request sets its own timeout.</summary>
    /// <param name="useProxy">Whether to use http_proxy, https_proxy and no_proxy.</param>
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

    /// <summary>Opens the store that a path names, without sending a request.</summary>
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
            // The exception's message may quote the wrong value, which may be a secret.
            return Outcome.Fail(
                StatusCode.RemoteAccessRefused,
                $"{path}: what the variables say of its store cannot be used ({failure.GetType().Name}); "
                + "see docs/cloud-storage.md for the forms.");
        }
    }

    /// <summary>An http or https address; null for anything else.</summary>
    /// <param name="text">With or without a scheme.</param>
    /// <param name="scheme">The scheme if the text has none.</param>
    public static Uri? ToEndpoint(string text, string scheme)
    {
        string address = text.Contains("://", StringComparison.Ordinal) ? text : $"{scheme}://{text}";
        return Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
            ? uri
            : null;
    }
}
