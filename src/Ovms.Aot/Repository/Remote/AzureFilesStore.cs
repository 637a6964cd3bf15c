using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage;
using Azure.Storage.Files.Shares;
using Azure.Storage.Files.Shares.Models;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>A share of Azure Files, accessed with Azure's SDK.</summary>
internal sealed class AzureFilesStore : RemoteStore
{
    private const int MaxDepth = 8;

    private readonly ShareClient _client;

    private AzureFilesStore(RemotePath path, RemoteSettings settings, ShareClient client)
        : base(path, AzureAccount.Show(client.Uri), settings.Patience) => _client = client;

    /// <summary>Creates the store.</summary>
    public static Outcome<RemoteStore> Open(RemotePath path, RemoteSettings settings)
    {
        Outcome<AzureAccount> found = AzureAccount.Find(path, settings);
        if (!found.IsOk)
        {
            return found.WithoutValue;
        }

        ShareClientOptions options = AzureAccount.Tune(new ShareClientOptions(), settings);
        Uri address() => found.Value.AddressOf("file", path.Container);
        ShareClient? client = found.Value switch
        {
            { ConnectionString: { } whole } => new ShareClient(whole, path.Container, options),
            { Key: { } key } => new ShareClient(address(), new StorageSharedKeyCredential(found.Value.Name, key), options),
            { Signature: { } signature } => new ShareClient(address(), new AzureSasCredential(signature), options),
            _ => null,
        };
        return client is null
            ? Outcome.Fail(
                StatusCode.RemoteAccessRefused,
                $"{path}: a share has no anonymous access; set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_KEY or "
                + "AZURE_STORAGE_SAS_TOKEN beside AZURE_STORAGE_ACCOUNT.")
            : new AzureFilesStore(path, settings, client);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The SDK's clients own no resources; idle connections close by themselves.
    }

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<RemoteObject> ObjectsAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // A share is a tree. The walk goes folder by folder, from the deepest one that holds everything with the prefix.
        Queue<(string Folder, int Depth)> folders = new([(prefix[..Math.Max(0, prefix.LastIndexOf('/'))], 0)]);
        while (folders.TryDequeue(out (string Folder, int Depth) next))
        {
            await foreach (ShareFileItem item in ItemsAsync(next.Folder, cancellation).ConfigureAwait(false))
            {
                string key = next.Folder.Length == 0 ? item.Name : $"{next.Folder}/{item.Name}";
                if (item.IsDirectory && next.Depth < MaxDepth)
                {
                    folders.Enqueue((key, next.Depth + 1));
                }
                else if (!item.IsDirectory && key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    yield return new RemoteObject(key, item.FileSize ?? -1, RemoteObject.Bare(item.Properties?.ETag?.ToString()));
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task<RemoteBody> ReadAsync(RemoteObject item, CancellationToken cancellation)
    {
        ShareFileClient file = FileAt(item.Key);
        Response<ShareFileDownloadInfo> response = await file.DownloadAsync(cancellationToken: cancellation).ConfigureAwait(false);
        ShareFileDownloadInfo info = response.Value;
        string? md5 = info.ContentHash is { Length: 16 } hash ? Convert.ToHexStringLower(hash) : null;
        return new RemoteBody(info.Content, info.ContentLength, RemoteObject.Bare(info.Details.ETag.ToString()), md5, info);
    }

    /// <inheritdoc/>
    protected override (int Status, string? Word)? AnswerIn(Exception failure) =>
        failure is RequestFailedException { Status: > 0 } answer ? (answer.Status, answer.ErrorCode) : null;

    private async IAsyncEnumerable<ShareFileItem> ItemsAsync(string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ShareDirectoryClient directory = folder.Length == 0 ? _client.GetRootDirectoryClient() : _client.GetDirectoryClient(folder);
        ShareDirectoryGetFilesAndDirectoriesOptions options = new() { Traits = ShareFileTraits.ETag, IncludeExtendedInfo = true };
        AsyncPageable<ShareFileItem> listing = directory.GetFilesAndDirectoriesAsync(options, cancellation);
        IAsyncEnumerator<ShareFileItem> items = listing.GetAsyncEnumerator(cancellation);
        await using ConfiguredAsyncDisposable end = items.ConfigureAwait(false);
        while (true)
        {
            try
            {
                if (!await items.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (RequestFailedException absent) when (absent is { Status: 404, ErrorCode: "ResourceNotFound" or "ParentNotFound" })
            {
                // A missing folder is listed as empty, as in stores without folders.
                yield break;
            }

            yield return items.Current;
        }
    }

    private ShareFileClient FileAt(string key)
    {
        int slash = key.LastIndexOf('/');
        ShareDirectoryClient directory = slash < 0 ? _client.GetRootDirectoryClient() : _client.GetDirectoryClient(key[..slash]);
        return directory.GetFileClient(key[(slash + 1)..]);
    }
}
