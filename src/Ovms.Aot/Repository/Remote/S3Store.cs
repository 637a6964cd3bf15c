using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>A bucket of S3 or of a compatible store, accessed with Amazon's SDK.</summary>
internal sealed class S3Store : RemoteStore
{
    private readonly AmazonS3Client _client;
    private readonly Connections _connections;

    private S3Store(RemotePath path, string endpoint, RemoteSettings settings, AmazonS3Client client, Connections connections)
        : base(path, endpoint, settings.Patience)
    {
        _client = client;
        _connections = connections;
    }

    /// <summary>Creates the store.</summary>
    public static Outcome<RemoteStore> Open(RemotePath path, RemoteSettings settings)
    {
        Outcome<S3Credentials> found = S3Credentials.Find(path, settings);
        if (!found.IsOk)
        {
            return found.WithoutValue;
        }

        // By convention a host in the path is a self-hosted server without TLS.
        (string? named, string scheme) = path.Endpoint is null ? (settings["S3_ENDPOINT"], "https") : (path.Endpoint, "http");
        Uri? endpoint = named is null ? null : RemoteSettings.ToEndpoint(named, scheme);
        if (named is not null && endpoint is null)
        {
            return Outcome.Fail(
                StatusCode.PathInvalid,
                $"{path}: S3_ENDPOINT is not an address; the forms are host:port (https) and http://host:port.");
        }

        // The library applies its own timeout only to clients that it makes. Until a response begins; not to the body of a file.
        HttpClient client = settings.CreateClient();
        client.Timeout = settings.Patience.Request;
        Connections connections = new(client);
        AmazonS3Config config = new()
        {
            HttpClientFactory = connections,
            MaxErrorRetry = settings.Patience.Attempts - 1,

            // The download checks sizes and ETags; compatible servers do not know the SDK's newer checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        string region = found.Value.Region;
        if (endpoint is null)
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region);
        }
        else
        {
            config.ServiceURL = endpoint.GetLeftPart(UriPartial.Authority);
            config.AuthenticationRegion = region;
            config.ForcePathStyle = true;
        }

        string shown = config.ServiceURL?.TrimEnd('/') ?? $"https://s3.{region}.amazonaws.com";
        return new S3Store(path, shown, settings, new AmazonS3Client(found.Value.Credentials, config), connections);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _client.Dispose();
        _connections.Dispose();
    }

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<RemoteObject> ObjectsAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ListObjectsV2Request request = new() { BucketName = Path.Container, Prefix = prefix };
        do
        {
            ListObjectsV2Response page = await _client.ListObjectsV2Async(request, cancellation).ConfigureAwait(false);
            foreach (S3Object item in page.S3Objects ?? [])
            {
                yield return new RemoteObject(item.Key, item.Size ?? -1, RemoteObject.Bare(item.ETag));
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    /// <inheritdoc/>
    protected override async Task<RemoteBody> ReadAsync(RemoteObject item, CancellationToken cancellation)
    {
        GetObjectRequest request = new() { BucketName = Path.Container, Key = item.Key, EtagToMatch = $"\"{item.ETag}\"" };
        GetObjectResponse response = await _client.GetObjectAsync(request, cancellation).ConfigureAwait(false);
        string mark = RemoteObject.Bare(response.ETag);
        return new RemoteBody(response.ResponseStream, response.ContentLength, mark, Md5(item, response), response);
    }

    /// <inheritdoc/>
    protected override (int Status, string? Word)? AnswerIn(Exception failure) =>
        failure is AmazonServiceException { StatusCode: > 0 } answer ? ((int)answer.StatusCode, answer.ErrorCode) : null;

    /// <inheritdoc/>
    public override bool SaysOtherContent(Exception failure) => failure is AmazonClientException;

    // The ETag is the content's MD5 if the object was uploaded in one piece and is not encrypted with a customer's key.
    private string? Md5(RemoteObject item, GetObjectResponse response)
    {
        ServerSideEncryptionMethod? encryption = response.ServerSideEncryptionMethod;
        bool isPlain = encryption is null
            || encryption == ServerSideEncryptionMethod.None
            || encryption == ServerSideEncryptionMethod.AES256;
        bool isDirectoryBucket = Path.Container.EndsWith("--x-s3", StringComparison.Ordinal);
        bool isMd5 = isPlain && !isDirectoryBucket && item.ETag.Length == 32 && item.ETag.All(char.IsAsciiHexDigit);
        return isMd5 ? item.ETag.ToLowerInvariant() : null;
    }

    /// <summary>Makes the SDK use the server's HTTP client, with its connect timeout and without redirects.</summary>
    private sealed class Connections(HttpClient client) : HttpClientFactory, IDisposable
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        public void Dispose() => client.Dispose();
    }
}
