using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>A container of Azure Blob Storage, accessed with Azure's SDK.</summary>
internal sealed class AzureBlobStore : RemoteStore
{
    private readonly BlobContainerClient _client;

    private AzureBlobStore(RemotePath path, RemoteSettings settings, BlobContainerClient client)
        : base(path, AzureAccount.Show(client.Uri), settings.Patience) => _client = client;

    /// <summary>Creates the store.</summary>
    public static Outcome<RemoteStore> Open(RemotePath path, RemoteSettings settings)
    {
        Outcome<AzureAccount> found = AzureAccount.Find(path, settings);
        if (!found.IsOk)
        {
            return found.WithoutValue;
        }

        BlobClientOptions options = AzureAccount.Tune(new BlobClientOptions(), settings);
        Uri address() => found.Value.AddressOf("blob", path.Container);
        BlobContainerClient client = found.Value switch
        {
            { ConnectionString: { } whole } => new BlobContainerClient(whole, path.Container, options),
            { Key: { } key } => new BlobContainerClient(address(), new StorageSharedKeyCredential(found.Value.Name, key), options),
            { Signature: { } signature } => new BlobContainerClient(address(), new AzureSasCredential(signature), options),
            _ => new BlobContainerClient(address(), options),
        };
        return new AzureBlobStore(path, settings, client);
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
        await foreach (BlobItem item in _client.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellation).ConfigureAwait(false))
        {
            string? md5 = item.Properties.ContentHash is { Length: 16 } hash ? Convert.ToHexStringLower(hash) : null;
            string mark = RemoteObject.Bare(item.Properties.ETag?.ToString());
            yield return new RemoteObject(item.Name, item.Properties.ContentLength ?? -1, mark, md5);
        }
    }

    /// <inheritdoc/>
    protected override async Task<RemoteBody> ReadAsync(RemoteObject item, CancellationToken cancellation)
    {
        BlobDownloadOptions options = new() { Conditions = new BlobRequestConditions { IfMatch = new ETag($"\"{item.ETag}\"") } };
        BlobClient blob = _client.GetBlobClient(item.Key);
        Response<BlobDownloadStreamingResult> response = await blob.DownloadStreamingAsync(options, cancellation).ConfigureAwait(false);
        BlobDownloadDetails details = response.Value.Details;
        string mark = RemoteObject.Bare(details.ETag.ToString());
        return new RemoteBody(response.Value.Content, details.ContentLength, mark, null, response.Value);
    }

    /// <inheritdoc/>
    protected override (int Status, string? Word)? AnswerIn(Exception failure) =>
        failure is RequestFailedException { Status: > 0 } answer ? (answer.Status, answer.ErrorCode) : null;
}
