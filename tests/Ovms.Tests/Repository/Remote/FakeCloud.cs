using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ovms.Tests.Repository.Remote;

/// <summary>An object store of any kind on loopback, with one bucket: "models". It lists in pages of two.</summary>
internal sealed partial class FakeCloud : IAsyncDisposable
{
    private const string S3 = "s3://";
    private const string Gcs = "gs://";
    private const string AzureBlob = "az://";
    private const string AzureFiles = "azfs://";

    private const int Page = 2;
    private const string Key = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";

    private readonly FakeHttp _http;

    /// <param name="scheme">What paths in it begin with: "s3://".</param>
    public FakeCloud(string scheme)
    {
        Scheme = scheme;
        _http = new FakeHttp(Answer);
        Variables = scheme switch
        {
            S3 => new() { ["S3_ENDPOINT"] = Address, ["AWS_ACCESS_KEY_ID"] = "AKID", ["AWS_SECRET_ACCESS_KEY"] = Key },
            Gcs => new() { ["STORAGE_EMULATOR_HOST"] = Address },
            AzureBlob => new() { ["AZURE_STORAGE_CONNECTION_STRING"] = $"AccountName=acc;AccountKey={Key};BlobEndpoint={Address}/acc;" },
            _ => new() { ["AZURE_STORAGE_CONNECTION_STRING"] = $"AccountName=acc;AccountKey={Key};FileEndpoint={Address}/acc;" },
        };
    }

    /// <summary>What no message may hold.</summary>
    public static string Secret => Key;

    public string Address => _http.Address;

    public Dictionary<string, string> Variables { get; }

    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers in the store's place, when it gives something.</summary>
    public Func<FakeRequest, FakeAnswer?> Fault { get; set; } = static _ => null;

    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    public int Downloads => Requests.Count(request => !IsListing(request));

    /// <summary>What paths in it begin with.</summary>
    public string Scheme { get; }

    public void Put(string key, string text) => Objects[key] = Encoding.UTF8.GetBytes(text);

    /// <summary>The answer of a store that says no, as its kind words it.</summary>
    public FakeAnswer No(int status, string word) => Scheme switch
    {
        S3 => FakeAnswer.Text(status, $"<Error><Code>{word}</Code><Message>{Secret}</Message></Error>"),
        Gcs => FakeAnswer.Text(status, $"[\"{Secret}\"]", "application/json"),
        _ => FakeAnswer.Text(status, $"<Error><Code>{word}</Code><Message>{Secret}</Message></Error>").With("x-ms-error-code", word),
    };

    public bool IsListing(FakeRequest request) => Scheme switch
    {
        S3 => request.Query.ContainsKey("list-type"),
        Gcs => !request.Query.ContainsKey("alt"),
        _ => request.Query.GetValueOrDefault("comp") == "list",
    };

    public ValueTask DisposeAsync() => _http.DisposeAsync();

    private static string ETagOf(byte[] content) => Convert.ToHexStringLower(MD5.HashData(content));

    private FakeAnswer Answer(FakeRequest request)
    {
        Requests.Enqueue(request);
        return Fault(request) ?? (IsListing(request) ? List(request) : Get(request));
    }

    private FakeAnswer List(FakeRequest request)
    {
        if (Scheme == AzureFiles)
        {
            return ListFolder(request.Path["/acc/models".Length..].Trim('/'));
        }

        string prefix = request.Query.GetValueOrDefault("prefix", "");
        string after = request.Query.GetValueOrDefault(Scheme switch { S3 => "continuation-token", Gcs => "pageToken", _ => "marker" }, "");
        string[] keys = [.. Objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(key, after) > 0).Order(StringComparer.Ordinal)];
        string next = keys.Length > Page ? keys[Page - 1] : "";
        keys = [.. keys.Take(Page)];
        return Scheme switch
        {
            S3 => FakeAnswer.Text(200, $"<ListBucketResult><IsTruncated>{(next.Length > 0 ? "true" : "false")}</IsTruncated>{(next.Length > 0 ? $"<NextContinuationToken>{Xml(next)}</NextContinuationToken>" : "")}{string.Concat(keys.Select(key => $"<Contents><Key>{Xml(key)}</Key><Size>{Objects[key].Length}</Size><ETag>&quot;{ETagOf(Objects[key])}&quot;</ETag></Contents>"))}</ListBucketResult>"),
            Gcs => FakeAnswer.Text(200, GcsPage(keys, next), "application/json"),
            _ => FakeAnswer.Text(200, $"<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"models\"><Blobs>{string.Concat(keys.Select(key => $"<Blob><Name>{Xml(key)}</Name><Properties><Last-Modified>Sun, 22 Nov 2026 00:00:00 GMT</Last-Modified><Etag>0x{ETagOf(Objects[key])}</Etag><Content-Length>{Objects[key].Length}</Content-Length><Content-MD5>{Convert.ToBase64String(MD5.HashData(Objects[key]))}</Content-MD5><BlobType>BlockBlob</BlobType></Properties></Blob>"))}</Blobs><NextMarker>{Xml(next)}</NextMarker></EnumerationResults>"),
        };
    }

    private string GcsPage(string[] keys, string next)
    {
        IEnumerable<string> items = keys.Select(key => $$"""{"name":"{{JsonEncodedText.Encode(key)}}","size":"{{Objects[key].Length}}","generation":"{{Generation(key)}}","md5Hash":"{{Convert.ToBase64String(MD5.HashData(Objects[key]))}}"}""");
        return $$"""{ {{(next.Length > 0 ? $"\"nextPageToken\":\"{next}\"," : "")}} "items":[{{string.Join(',', items)}}]}""";
    }

    private FakeAnswer ListFolder(string folder)
    {
        string prefix = folder.Length == 0 ? "" : folder + "/";
        string[] below = [.. Objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..])];
        if (below.Length == 0 && folder.Length > 0)
        {
            return No(404, "ResourceNotFound");
        }

        string entries = string.Concat(below.Where(static name => !name.Contains('/')).Select(name => $"<File><FileId>1</FileId><Name>{Xml(name)}</Name><Properties><Content-Length>{Objects[prefix + name].Length}</Content-Length><Etag>\"0x{ETagOf(Objects[prefix + name])}\"</Etag></Properties></File>"))
            + string.Concat(below.Where(static name => name.Contains('/')).Select(static name => name.Split('/')[0]).Distinct().Select(static name => $"<Directory><FileId>2</FileId><Name>{Xml(name)}</Name><Properties /></Directory>"));
        return FakeAnswer.Text(200, $"<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ShareName=\"models\" DirectoryPath=\"{Xml(folder)}\"><Entries>{entries}</Entries><NextMarker /></EnumerationResults>");
    }

    private FakeAnswer Get(FakeRequest request)
    {
        string key = Scheme switch
        {
            S3 => request.Path["/models/".Length..],
            Gcs => request.Path["/storage/v1/b/models/o/".Length..],
            _ => request.Path["/acc/models/".Length..],
        };
        if (!Objects.TryGetValue(key, out byte[]? content) || (Scheme == Gcs && request.Query["generation"] != Generation(key)))
        {
            return No(404, "NoSuchKey");
        }

        string etag = Scheme == S3 ? $"\"{ETagOf(content)}\"" : $"\"0x{ETagOf(content)}\"";
        return request.Headers.TryGetValue("If-Match", out string? wanted) && wanted != etag
            ? No(412, "PreconditionFailed")
            : new FakeAnswer(200, content) { Headers = { ("ETag", etag), ("Last-Modified", "Sun, 22 Nov 2026 00:00:00 GMT"), ("x-ms-blob-type", "BlockBlob"), ("x-ms-creation-time", "Sun, 22 Nov 2026 00:00:00 GMT") } };
    }

    private string Generation(string key) => BitConverter.ToUInt32(MD5.HashData(Objects[key])).ToString(CultureInfo.InvariantCulture);

    private static string Xml(string text) => WebUtility.HtmlEncode(text);
}
