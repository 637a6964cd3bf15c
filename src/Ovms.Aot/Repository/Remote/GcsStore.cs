using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>A bucket of Google Cloud Storage, accessed through its JSON API without an SDK.</summary>
internal sealed class GcsStore : RemoteStore
{
    private static readonly Uri s_usual = new("https://storage.googleapis.com");

    private readonly Uri _endpoint;
    private readonly GcsAccount? _account;
    private readonly HttpClient _client;

    private GcsStore(RemotePath path, RemoteSettings settings, Uri endpoint, GcsAccount? account)
        : base(path, endpoint.GetLeftPart(UriPartial.Authority), settings.Patience)
    {
        _endpoint = endpoint;
        _account = account;
        _client = settings.CreateClient();
    }

    /// <summary>Creates the store.</summary>
    public static Outcome<RemoteStore> Open(RemotePath path, RemoteSettings settings)
    {
        if ((settings["STORAGE_EMULATOR_HOST"] is { } host ? RemoteSettings.ToEndpoint(host, "http") : s_usual) is not { } endpoint)
        {
            return Outcome.Fail(
                StatusCode.PathInvalid,
                $"{path}: STORAGE_EMULATOR_HOST is not an address; the forms are host:port and http://host:port.");
        }

        if (settings["GOOGLE_APPLICATION_CREDENTIALS"] is not { } file)
        {
            return new GcsStore(path, settings, endpoint, null);
        }

        Outcome<GcsAccount> account = GcsAccount.Read(path, file, TimeProvider.System);
        return account.IsOk ? new GcsStore(path, settings, endpoint, account.Value) : account.WithoutValue;
    }

    /// <inheritdoc/>
    public override void Dispose() => _client.Dispose();

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<RemoteObject> ObjectsAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? page = null;
        do
        {
            string token = page is null ? "" : "&pageToken=" + Uri.EscapeDataString(page);
            string fields = "&fields=nextPageToken,items(name,size,generation,md5Hash)";
            string query = $"?maxResults=1000{fields}&prefix={Uri.EscapeDataString(prefix)}{token}";
            using HttpResponseMessage response =
                await SendAsync(query, HttpCompletionOption.ResponseContentRead, cancellation).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            foreach (JsonElement item in root.TryGetProperty("items", out JsonElement items) ? items.EnumerateArray() : default)
            {
                yield return ToObject(item);
            }

            page = root.TryGetProperty("nextPageToken", out JsonElement next) ? next.GetString() : null;
        }
        while (!string.IsNullOrEmpty(page));
    }

    /// <inheritdoc/>
    protected override async Task<RemoteBody> ReadAsync(RemoteObject item, CancellationToken cancellation)
    {
        // The generation serves as ETag: the store returns exactly this generation or reports that it is gone.
        string rest = $"/{Uri.EscapeDataString(item.Key)}?alt=media&generation={Uri.EscapeDataString(item.ETag)}";
        HttpResponseMessage response = await SendAsync(rest, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        Stream content = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        return new RemoteBody(content, response.Content.Headers.ContentLength, null, item.Md5, response);
    }

    /// <inheritdoc/>
    protected override (int Status, string? Word)? AnswerIn(Exception failure) =>
        failure is GcsAnswerException answer ? (answer.Status, answer.Word) : null;

    private async Task<HttpResponseMessage> SendAsync(string rest, HttpCompletionOption completion, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await SendOnceAsync(rest, completion, cancellation).ConfigureAwait(false);
            }
            catch (Exception failure) when (
                attempt < Patience.Attempts && !cancellation.IsCancellationRequested && IsPassing(failure))
            {
                await Task.Delay(Patience.BeforeRetry(attempt), cancellation).ConfigureAwait(false);
            }
        }
    }

    // A cancelled request is one that its own timeout ended: the caller's cancellation was excluded before.
    private static bool IsPassing(Exception failure) =>
        failure is HttpRequestException or OperationCanceledException or GcsAnswerException { Status: 408 or 429 or >= 500 };

    private async Task<HttpResponseMessage> SendOnceAsync(string rest, HttpCompletionOption completion, CancellationToken cancellation)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience.Request);
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(_endpoint, $"/storage/v1/b/{Path.Container}/o{rest}"));
        if (_account is not null)
        {
            string token = await _account.TokenAsync(_client, deadline.Token).ConfigureAwait(false);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        HttpResponseMessage response = await _client.SendAsync(request, completion, deadline.Token).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            // For a listing, 404 means the bucket. For an object it means the object, since the bucket was just listed.
            bool isObject = response.StatusCode == HttpStatusCode.NotFound && !rest.StartsWith('?');
            throw new GcsAnswerException((int)response.StatusCode, isObject ? "NoSuchObject" : null);
        }
    }

    private static RemoteObject ToObject(JsonElement item)
    {
        Span<byte> hash = stackalloc byte[16];
        bool hasHash = item.TryGetProperty("md5Hash", out JsonElement md5)
            && Convert.TryFromBase64String(md5.GetString() ?? "", hash, out int written) && written == hash.Length;
        string? length = item.GetProperty("size").GetString();
        long size = long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out long told) ? told : -1;
        string name = item.GetProperty("name").GetString() ?? "";
        string generation = item.GetProperty("generation").GetString() ?? "";
        return new RemoteObject(name, size, generation, hasHash ? Convert.ToHexStringLower(hash) : null);
    }
}
