using Azure.Core;
using Azure.Core.Pipeline;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>Which storage account, and who one is there, by the environment.</summary>
/// <param name="ConnectionString">All in one; null where the account is named by itself.</param>
/// <param name="Name">The account's name, where there is no connection string.</param>
/// <param name="Key">Its key, if any.</param>
/// <param name="Signature">A shared access signature, if any.</param>
internal sealed record AzureAccount(string? ConnectionString, string Name, string? Key, string? Signature)
{
    /// <summary>Looks at the variables.</summary>
    public static Outcome<AzureAccount> Find(RemotePath path, RemoteSettings settings)
    {
        if (settings["AZURE_STORAGE_CONNECTION_STRING"] is { } whole)
        {
            return new AzureAccount(whole, "", null, null);
        }

        return settings["AZURE_STORAGE_ACCOUNT"] is not { } name
            ? Outcome.Fail(StatusCode.RemoteAccessRefused, $"{path} names no storage account; set AZURE_STORAGE_CONNECTION_STRING, or for anonymous access AZURE_STORAGE_ACCOUNT.")
            : name.All(char.IsAsciiLetterOrDigit)
                ? new AzureAccount(null, name, settings["AZURE_STORAGE_KEY"], settings["AZURE_STORAGE_SAS_TOKEN"])
                : Outcome.Fail(StatusCode.RemoteAccessRefused, $"{path}: AZURE_STORAGE_ACCOUNT is not the name of an account, which has only letters and digits.");
    }

    /// <summary>The address of a container at one of the account's services.</summary>
    public Uri AddressOf(string service, string container) => new($"https://{Name}.{service}.core.windows.net/{container}");

    /// <summary>Sets what all clients of the vendor's library have in common.</summary>
    public static T Tune<T>(T options, RemoteSettings settings)
        where T : ClientOptions
    {
        // As the original: a proxy is used only when that is asked for.
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

    /// <summary>An address as messages show it: without the query, where a signature stands.</summary>
    public static string Show(Uri address) => address.GetLeftPart(UriPartial.Path).TrimEnd('/');
}
