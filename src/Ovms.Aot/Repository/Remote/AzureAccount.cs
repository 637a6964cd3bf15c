using Azure.Core;
using Azure.Core.Pipeline;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>The Azure storage account and its credentials, from environment variables.</summary>
/// <param name="ConnectionString">The connection string; null if the account is named by itself.</param>
/// <param name="Name">The account's name if there is no connection string.</param>
/// <param name="Key">The account's key, if any.</param>
/// <param name="Signature">A shared access signature, if any.</param>
internal sealed record AzureAccount(string? ConnectionString, string Name, string? Key, string? Signature)
{
    /// <summary>Reads the environment variables.</summary>
    public static Outcome<AzureAccount> Find(RemotePath path, RemoteSettings settings)
    {
        if (settings["AZURE_STORAGE_CONNECTION_STRING"] is { } whole)
        {
            return new AzureAccount(whole, "", null, null);
        }

        return settings["AZURE_STORAGE_ACCOUNT"] is not { } name
            ? Outcome.Fail(
                StatusCode.RemoteAccessRefused,
                $"{path} names no storage account; set AZURE_STORAGE_CONNECTION_STRING, or for anonymous access AZURE_STORAGE_ACCOUNT.")
            : name.All(char.IsAsciiLetterOrDigit)
                ? new AzureAccount(null, name, settings["AZURE_STORAGE_KEY"], settings["AZURE_STORAGE_SAS_TOKEN"])
                : Outcome.Fail(
                    StatusCode.RemoteAccessRefused,
                    $"{path}: AZURE_STORAGE_ACCOUNT is not the name of an account, which has only letters and digits.");
    }

    /// <summary>URL of a container at one of the account's services.</summary>
    public Uri AddressOf(string service, string container) => new($"https://{Name}.{service}.core.windows.net/{container}");

    /// <summary>Sets the options common to all clients of Azure's SDK.</summary>
    public static T Tune<T>(T options, RemoteSettings settings)
        where T : ClientOptions
    {
        // As in the original server, a proxy is used only on request.
        options.Transport = new HttpClientTransport(settings.CreateClient(useProxy: settings["AZURE_STORAGE_USE_HTTP_PROXY"] is not null));
        options.Retry.MaxRetries = settings.Patience.Attempts - 1;
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.Delay = settings.Patience.FirstPause;
        options.Retry.MaxDelay = settings.Patience.BeforeRetry(settings.Patience.Attempts);
        options.Retry.NetworkTimeout = settings.Patience.Request;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        return options;
    }

    /// <summary>A URL as messages show it: without the query, which may hold a signature.</summary>
    public static string Show(Uri address) => address.GetLeftPart(UriPartial.Path).TrimEnd('/');
}
